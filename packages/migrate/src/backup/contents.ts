import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import type { BackupSequence, BackupTable } from './manifest.ts';

/** `"schema"."name"`. */
export function qualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** Relations of some kinds in a schema, but for those of extensions. Aliases: c, n. */
export function relationsOf(schema: string, kinds: readonly string[]): string {
  return `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ${quoteLiteral(schema)}
    AND c.relkind IN (${kinds.map(quoteLiteral).join(', ')})
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;
}

/** The tables that hold rows, by name, partitions too, with their columns that are not generated. */
export async function readTables(sql: Sql, schema: string): Promise<readonly Pick<BackupTable, 'name' | 'columns'>[]> {
  return await sql.unsafe<{ name: string; columns: readonly string[] }[]>(`
    SELECT c.relname AS name, coalesce((SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), '[]') AS columns
    FROM ${relationsOf(schema, ['r'])} ORDER BY c.relname COLLATE "C"`);
}

/** How many rows a table itself holds, its partitions and children left out. */
export async function countRows(sql: Sql, schema: string, table: string): Promise<number> {
  const [row] = await sql.unsafe<{ n: string }[]>(`SELECT count(*) AS n FROM ONLY ${qualified(schema, table)}`);
  return Number(row?.n);
}

/** Where the sequences stand. They move outside transactions: read after the rows' snapshot was taken, they are never behind it. */
export async function readSequences(sql: Sql, schema: string): Promise<readonly BackupSequence[]> {
  const names = await sql.unsafe<{ name: string }[]>(
    `SELECT c.relname AS name FROM ${relationsOf(schema, ['S'])} ORDER BY c.relname COLLATE "C"`,
  );
  if (names.length === 0) return [];
  const each = names.map(
    ({ name }) =>
      `SELECT ${quoteLiteral(name)} AS name, last_value::text AS "lastValue", is_called AS "isCalled" FROM ${qualified(schema, name)}`,
  );
  return [...(await sql.unsafe<BackupSequence[]>(each.join(' UNION ALL ')))];
}

/** Materialized views that are filled, in the order in which they were made: none can read a later one. */
export async function readMaterializedViews(sql: Sql, schema: string): Promise<readonly string[]> {
  const rows = await sql.unsafe<{ name: string }[]>(
    `SELECT c.relname AS name FROM ${relationsOf(schema, ['m'])} WHERE c.relispopulated ORDER BY c.oid`,
  );
  return rows.map(({ name }) => name);
}
