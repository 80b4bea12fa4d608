import type { Sql } from 'postgres';

/** Each table, filled materialized view and sequence of a schema → its rows in one checksum, or where it stands. */
export async function contentsOf(sql: Sql, schema: string): Promise<ReadonlyMap<string, string>> {
  const relations = await sql<{ name: string; kind: string; filled: boolean }[]>`
    SELECT c.oid::regclass::text AS name, c.relkind::text AS kind, c.relispopulated AS filled FROM pg_class c
    WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'm', 'S') ORDER BY 1`;
  const found = new Map<string, string>();
  for (const { name, kind, filled } of relations) {
    const rows = `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")), '') AS is FROM ONLY ${name} AS t`;
    const place = `SELECT format('%s %s', last_value, is_called) AS is FROM ${name}`;
    const [row] = filled ? await sql.unsafe<{ is: string }[]>(kind === 'S' ? place : rows) : [];
    found.set(name, row?.is ?? 'not filled');
  }
  return found;
}
