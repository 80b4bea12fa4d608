import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';
import { parentsFirst } from '../rows/parents-first.ts';

interface RowTable {
  /** Quoted. */
  readonly table: string;
  /** Quoted, in their order, without those that are generated. */
  readonly columns: readonly string[];
  /** One of them is GENERATED ALWAYS AS IDENTITY. */
  readonly identity: boolean;
  /** Tables that its foreign keys point to. */
  readonly parents: readonly string[];
}

/** Statements that make the rows and counters of a schema again, parents first, and fill its materialized views. Empty: there are no
 *  rows. */
export async function rowStatements(sql: Sql, schema: string): Promise<readonly string[]> {
  const inserts: string[] = [];
  const tables = parentsFirst(
    await readTables(sql, schema),
    ({ table }) => table,
    ({ parents }) => parents,
  );
  for (const { table, columns, identity } of tables) {
    const values = columns.map((column) => `quote_nullable(${column}::text)`).join(", ', ', ");
    const rows = await sql.unsafe<{ row: string }[]>(
      `SELECT concat('(', ${values}, ')') AS row FROM ONLY ${table} ORDER BY ctid`,
    );
    if (rows.length === 0) continue;
    const overriding = identity ? ' OVERRIDING SYSTEM VALUE' : '';
    inserts.push(
      `INSERT INTO ${table} (${columns.join(', ')})${overriding} VALUES\n${rows.map(({ row }) => `  ${row}`).join(',\n')}`,
    );
  }
  const counters = await sql<{ name: string; value: string }[]>`
    SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name, last_value::text AS value
    FROM pg_sequences WHERE schemaname = ${schema} AND last_value IS NOT NULL ORDER BY 1`;
  const views = await sql<{ name: string }[]>`
    SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = to_regnamespace(${quoteIdentifier(schema)})
      AND c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`;
  return [
    ...inserts,
    ...counters.map(({ name, value }) => `SELECT setval(${quoteLiteral(name)}, ${value})`),
    ...(inserts.length === 0 ? [] : views.map(({ name }) => `REFRESH MATERIALIZED VIEW ${name}`)),
  ];
}

/** What the rows and counters of a schema are, column by column in the order of the rows: `table column` → a digest. Equal digests are
 *  equal rows. */
export async function rowDigests(sql: Sql, schema: string): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const { table, columns } of await readTables(sql, schema)) {
    for (const column of columns) {
      const [row] = await sql.unsafe<{ digest: string }[]>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(quote_nullable(${column}::text), ',' ORDER BY ctid)), '') AS digest FROM ONLY ${table}`,
      );
      digests.set(`${table} ${column}`, row?.digest ?? '');
    }
  }
  const counters = await sql<{ name: string; value: string | null }[]>`
    SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = ${schema}`;
  for (const { name, value } of counters) digests.set(`sequence ${name}`, value ?? '');
  return digests;
}

async function readTables(sql: Sql, schema: string): Promise<readonly RowTable[]> {
  return await sql<RowTable[]>`
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
      json_agg(quote_ident(a.attname) ORDER BY a.attnum) AS columns, bool_or(a.attidentity = 'a') AS identity,
      (SELECT coalesce(json_agg(quote_ident(pn.nspname) || '.' || quote_ident(p.relname)), '[]') FROM pg_constraint k
        JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS parents
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE n.nspname = ${schema} AND c.relkind = 'r' GROUP BY c.oid, n.nspname, c.relname ORDER BY c.oid`;
}

/** Columns of each table in their order, by `schema.table`, unquoted. */
export async function columnOrder(sql: Sql, schema: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql<{ table: string; columns: readonly string[] }[]>`
    SELECT n.nspname || '.' || c.relname AS "table", json_agg(a.attname ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = ${schema} AND c.relkind IN ('r', 'p', 'v', 'm') GROUP BY n.nspname, c.relname`;
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}
