import type { Sql } from 'postgres';
import { readCatalog } from '../../src/catalog/read-catalog.ts';

/** Everything that an adoption which is taken back must leave as it was found: the catalog of every schema but the history's, what the
 *  catalog reader does not read, and the rows of every table. */
export async function stateOf(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const schemas = await sql<{ name: string }[]>`
    SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations') ORDER BY 1`;
  const catalog = await readCatalog(
    sql,
    schemas.map(({ name }) => name),
  );
  const beyond = await sql<{ object: string; is: string }[]>`
    WITH n AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations'))
    SELECT 'relation ' || c.oid::regclass AS object, concat_ws(' ', c.relkind, c.relpersistence, c.relreplident, pg_get_userbyid(c.relowner), c.relacl,
        c.reloptions, c.relrowsecurity, c.relforcerowsecurity, (SELECT string_agg(concat_ws(' ', attname, attacl, attoptions, attstattarget, attstorage),
          ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'v', 'm'))) AS is
      FROM pg_class AS c JOIN n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL SELECT 'schema ' || nspname, coalesce(nspacl::text, '') FROM pg_namespace JOIN n USING (oid, nspname)
    UNION ALL SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) FROM pg_proc AS p JOIN n ON n.oid = p.pronamespace WHERE p.prokind = 'f'
    UNION ALL SELECT 'type ' || t.oid::regtype, t.typtype::text FROM pg_type AS t JOIN n ON n.oid = t.typnamespace
    UNION ALL SELECT 'index ' || indexrelid::regclass, concat_ws(' ', indisvalid, indisreplident, indisclustered) FROM pg_index AS i
      JOIN pg_class AS c ON c.oid = i.indexrelid JOIN n ON n.oid = c.relnamespace
    UNION ALL SELECT 'rule ' || r.ev_class::regclass || ' ' || r.rulename, pg_get_ruledef(r.oid) FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
      JOIN n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN'
    UNION ALL SELECT 'trigger ' || t.tgrelid::regclass || ' ' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text FROM pg_trigger AS t
      JOIN pg_class AS c ON c.oid = t.tgrelid JOIN n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal
    UNION ALL SELECT 'default of view ' || a.attrelid::regclass || '.' || a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d
      JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'v'
      JOIN n ON n.oid = c.relnamespace
    UNION ALL SELECT 'comment ' || pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
      WHERE objoid > 16383 AND pg_describe_object(classoid, objoid, objsubid) !~ 'migrations'
    UNION ALL SELECT 'sequence ' || s.schemaname || '.' || s.sequencename, concat_ws(' ', data_type, start_value, increment_by, coalesce(last_value, -1))
      FROM pg_sequences AS s WHERE s.schemaname IN (SELECT nspname FROM n)
    UNION ALL SELECT 'setting ' || coalesce(r.rolname, 'of all'), setconfig::text FROM pg_db_role_setting AS s
      JOIN pg_database AS d ON d.oid = s.setdatabase AND d.datname = current_database() LEFT JOIN pg_roles AS r ON r.oid = s.setrole
    UNION ALL SELECT 'publication ' || p.pubname, concat_ws(' ', (SELECT string_agg(concat_ws(' ', prrelid::regclass, prattrs, pg_get_expr(prqual, prrelid)), ',')
        FROM pg_publication_rel WHERE prpubid = p.oid), (SELECT string_agg(pnnspid::regnamespace::text, ',') FROM pg_publication_namespace WHERE pnpubid = p.oid))
      FROM pg_publication AS p
    ORDER BY 1`;
  return Object.fromEntries([
    ...catalog,
    ...beyond.map(({ object, is }) => [object, is] as const),
    ...(await rowsOf(sql)),
  ]);
}

async function rowsOf(sql: Sql): Promise<readonly (readonly [string, string])[]> {
  const tables = await sql<{ name: string }[]>`
    SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'm') AND relispopulated AND relname NOT LIKE '%ddl_log'
      AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'migrations'))`;
  const rows: [string, string][] = [];
  for (const { name } of tables) {
    const [row] = await sql.unsafe<{ is: string }[]>(
      `SELECT count(*) || ' ' || coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0) AS is FROM ONLY ${name} AS t`,
    );
    rows.push([`rows of ${name}`, row?.is ?? '']);
  }
  return rows;
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
