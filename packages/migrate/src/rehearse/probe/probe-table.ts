import type { Sql } from 'postgres';
import { sqlLiteral } from '../../history/history-statement.ts';
import { quoteIdentifier } from '../../objects/quote.ts';
import type { Operation } from '../report.ts';

/** A table that the probe works on, as it is at the moment. */
export interface ProbeTable {
  /** `schema.name`, quoted where it must be. */
  readonly table: string;
  /** Estimate of the planner; where it has none, counted to 100,000. */
  readonly rows: number;
  readonly isWritable: boolean;
  /** Its primary key, or another key without NULL. Empty: it has none. */
  readonly key: readonly Column[];
  readonly columns: readonly Column[];
  /** Values of the key as text, one entry per row. Empty: no key, or no rows. */
  readonly keys: readonly (readonly string[])[];
}

interface Column {
  readonly name: string;
  readonly type: string;
  /** An UPDATE may set it. */
  readonly settable: boolean;
}

const COUNTED_MAX = 100_000;
const KEYS = 200;
/** Rows from which a sample is taken, a multiple of the keys, so that they are spread over the table. */
const SAMPLE_ROWS = 4_000;

/** Looks a table up by its printed name. NULL: it is not there, or is no table and no materialized view. */
export async function readProbeTable(sql: Sql, table: string): Promise<ProbeTable | null> {
  const [found] = await sql<{ kind: string; rows: number; columns: Column[] | null; key: string[] | null }[]>`
    SELECT c.relkind AS kind, c.reltuples::float8 AS rows,
      (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'settable', a.attgenerated = '' AND a.attidentity <> 'a') ORDER BY a.attnum)
       FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
      (SELECT json_agg(a.attname ORDER BY k.at) FROM unnest((SELECT i.indkey::int2[] FROM pg_index i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (SELECT FROM pg_attribute n WHERE n.attrelid = c.oid AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull)
        ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1)) WITH ORDINALITY AS k(attnum, at)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) AS key
    FROM pg_class c WHERE c.oid = to_regclass(${table}) AND c.relkind IN ('r', 'p', 'm')`;
  if (found === undefined) return null;
  const columns = found.columns ?? [];
  const key = (found.key ?? []).flatMap((name) => columns.find((column) => column.name === name) ?? []);
  const rows = found.rows < 0 ? await countRows(sql, table) : found.rows;
  const read = { table, rows, isWritable: found.kind !== 'm', key, columns };
  return { ...read, keys: await readKeys(sql, read) };
}

async function countRows(sql: Sql, table: string): Promise<number> {
  const [row] = await sql.unsafe<{ rows: number }[]>(
    `SELECT count(*)::int AS rows FROM (SELECT FROM ${table} LIMIT ${COUNTED_MAX}) counted`,
  );
  return row?.rows ?? 0;
}

async function readKeys(sql: Sql, { table, rows, key }: Omit<ProbeTable, 'keys'>): Promise<ProbeTable['keys']> {
  if (key.length === 0) return [];
  const columns = key.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
  const percent = Math.min(100, (100 * SAMPLE_ROWS) / Math.max(1, rows));
  const sample = async (from: string) =>
    (await sql.unsafe(`SELECT ${columns} FROM ${table} ${from} LIMIT ${KEYS}`).values()) as unknown as string[][];
  const sampled = percent < 100 ? await sample(`TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1)`) : [];
  return sampled.length > 0 ? sampled : await sample('');
}

/** The statement of an operation, with the values of a key as parameters. NULL: the table does not allow it. */
export function operationSql(operation: Operation, probed: ProbeTable): string | null {
  const { table, key, columns, isWritable } = probed;
  const matches = key.map(({ name, type }, index) => `${quoteIdentifier(name)} = $${index + 1}::text::${type}`);
  // Without a key it writes to no row, and takes the table's lock all the same.
  const where = matches.length === 0 ? 'false' : matches.join(' AND ');
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  if (operation === 'read')
    return `SELECT ${names || '1'} FROM ${table} ${matches.length === 0 ? 'LIMIT 1' : `WHERE ${where}`}`;
  if (!isWritable) return null;
  if (operation === 'lock') return `SELECT 1 FROM ${table} WHERE ${where} FOR UPDATE`;
  const [column] = [...columns].filter(({ settable }) => settable).sort((a, b) => inKey(a, key) - inKey(b, key));
  if (column === undefined) return null;
  const name = quoteIdentifier(column.name);
  return `UPDATE ${table} SET ${name} = ${name} WHERE ${where}`;
}

function inKey({ name }: Column, key: readonly Column[]): number {
  return key.some((column) => column.name === name) ? 1 : 0;
}

/** The nth call of the prepared statement `probe`. Where there are no rows it finds none, and takes the table's lock all the same. */
export function operationCall({ key, keys }: ProbeTable, n: number): string {
  if (key.length === 0) return 'EXECUTE probe';
  const values = keys.length === 0 ? key.map(() => 'NULL') : (keys[(n * 7919) % keys.length] ?? []).map(sqlLiteral);
  return `EXECUTE probe (${values.join(', ')})`;
}
