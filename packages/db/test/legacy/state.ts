import { readCatalog } from '@repo/migrate';
import type { Sql } from 'postgres';

/** Everything that an adoption which is taken back must leave as it was found: the catalog of every schema but the history's, what the
 *  catalog reader does not read (owners, privileges, column order, settings of roles, validity), and the rows of every table. */
export async function stateOf(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const schemas = await sql<{ name: string }[]>`
    SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations') ORDER BY 1`;
  const catalog = await readCatalog(
    sql,
    schemas.map(({ name }) => name),
  );
  const beyond = await sql<{ object: string; is: string }[]>`
    WITH n AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations'))
    SELECT 'relation ' || c.oid::regclass AS object, concat_ws(' ', c.relkind, pg_get_userbyid(c.relowner), c.relacl, c.reloptions, c.relrowsecurity,
        (SELECT string_agg(attname || ' ' || coalesce(attacl::text, ''), ',' ORDER BY attnum) FROM pg_attribute
          WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND c.relkind = 'r')) AS is
      FROM pg_class AS c JOIN n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'S')
    UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl::text, '') FROM pg_namespace JOIN n USING (oid, nspname)
    UNION ALL SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) FROM pg_proc AS p JOIN n ON n.oid = p.pronamespace WHERE p.prokind = 'f'
    UNION ALL SELECT 'type ' || t.oid::regtype, t.typtype::text FROM pg_type AS t JOIN n ON n.oid = t.typnamespace
    UNION ALL SELECT 'INVALID index ' || indexrelid::regclass, '' FROM pg_index WHERE NOT indisvalid
    UNION ALL SELECT 'sequence ' || s.schemaname || '.' || s.sequencename, concat_ws(' ', data_type, start_value, increment_by, coalesce(last_value, -1))
      FROM pg_sequences AS s WHERE s.schemaname IN (SELECT nspname FROM n)
    UNION ALL SELECT 'setting ' || coalesce(r.rolname, 'of all'), setconfig::text FROM pg_db_role_setting AS s
      JOIN pg_database AS d ON d.oid = s.setdatabase AND d.datname = current_database() LEFT JOIN pg_roles AS r ON r.oid = s.setrole
    UNION ALL SELECT 'publication ' || p.pubname, coalesce(string_agg(prrelid::regclass::text, ','), '') FROM pg_publication AS p
      LEFT JOIN pg_publication_rel ON prpubid = p.oid GROUP BY p.pubname
    ORDER BY 1`;
  const tables = await sql<{ name: string }[]>`
    SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'm') AND relispopulated
      AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations'))`;
  const rows: [string, string][] = [];
  for (const { name } of tables) {
    const [row] = await sql.unsafe<{ is: string }[]>(
      `SELECT count(*) || ' ' || coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0) AS is FROM ${name} AS t`,
    );
    rows.push([`rows of ${name}`, row?.is ?? '']);
  }
  return Object.fromEntries([...catalog, ...beyond.map(({ object, is }) => [object, is] as const), ...rows]);
}

/** What is otherwise in a second state, in words. */
export function changesOf(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((object) => before[object] !== after[object])
    .map((object) => `${object}: ${before[object] ?? 'nothing'} → ${after[object] ?? 'nothing'}`);
}
