import type { Sql } from 'postgres';

type Entries = readonly { name: string; definition: string }[];
type Definitions = Record<string, string>;

/** `table.column` → type, nullability and default in Postgres' own words, of tables, views and materialized views. */
export async function readColumns(sql: Sql, schema: string): Promise<Definitions> {
  const rows = await sql<Entries>`
    SELECT c.relname || '.' || a.attname AS name,
      format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS definition
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = ${schema}::regnamespace AND a.attnum > 0 AND NOT a.attisdropped`;
  return toRecord(rows);
}

/** Name → definition of keys, foreign keys and checks. NOT NULL is a column's matter (Postgres 18 names a constraint for it). */
export async function readConstraints(sql: Sql, schema: string): Promise<Definitions> {
  const rows = await sql<Entries>`
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE connamespace = ${schema}::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x')`;
  return toRecord(rows);
}

/** Name → definition of the indexes that no key brings with it. */
export async function readIndexes(sql: Sql, schema: string): Promise<Definitions> {
  const rows = await sql<Entries>`
    SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE c.relnamespace = ${schema}::regnamespace AND i.indisvalid
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))`;
  return toRecord(rows);
}

function toRecord(rows: Entries): Definitions {
  return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
}
