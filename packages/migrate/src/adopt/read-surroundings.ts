import type { Sql } from 'postgres';
import { quoteLiteral } from '../objects/quote.ts';
import type { DependentView, RoleModel, Surroundings } from './draft.ts';
import { readReferrers } from './referrers.ts';

/** Reads what stands around the tables of a schema: views with their definitions, roles with their search paths, texts that may name
 *  what moves, sessions. Read-only. */
export async function readSurroundings(sql: Sql, schema: string): Promise<Surroundings> {
  const [about] = await sql<
    { database: string; user: string }[]
  >`SELECT current_database() AS database, current_user AS "user"`;
  return {
    database: about?.database ?? '',
    user: about?.user ?? '',
    dependents: await readViews(sql),
    roles: await readRoles(sql),
    texts: [...(await readFunctionTexts(sql)), ...(await readStatements(sql))],
    referrers: await readReferrers(sql),
    sessions: await readSessions(sql, schema),
  };
}

/** With names that hold whatever the search path is. */
async function readViews(sql: Sql): Promise<readonly DependentView[]> {
  const answers = await sql.unsafe(`
    SET LOCAL search_path = pg_catalog;
    SELECT c.oid::text AS oid, c.oid::regclass::text AS name, c.relkind AS kind, c.relispopulated AS populated, pg_get_viewdef(c.oid) AS text,
      quote_ident(pg_get_userbyid(c.relowner)) AS owner, c.relowner <> current_user::regrole AS "ownerDiffers",
      array_to_json(coalesce(c.reloptions, '{}')) AS options, obj_description(c.oid, 'pg_class') AS comment,
      (SELECT json_agg(quote_ident(a.attname) ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
      coalesce((SELECT json_agg(format('GRANT %s ON %s TO %s%s', x.privilege_type, c.oid::regclass,
        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner), '[]') AS grants,
      coalesce((SELECT json_agg(format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, c.oid::regclass,
        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) FROM pg_attribute a, aclexplode(a.attacl) x
        WHERE a.attrelid = c.oid AND x.grantee <> c.relowner), '[]') AS "columnGrants",
      coalesce((SELECT json_agg(format('COMMENT ON COLUMN %s.%I IS %L', c.oid::regclass, a.attname, d.description) ORDER BY a.attnum)
        FROM pg_attribute a JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0), '[]') AS "columnComments",
      coalesce((SELECT json_agg(format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)))
        FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = c.oid), '[]') AS defaults,
      coalesce((SELECT json_agg(pg_get_ruledef(w.oid)) FROM pg_rewrite w WHERE w.ev_class = c.oid AND w.rulename <> '_RETURN'), '[]') AS rules,
      coalesce((SELECT json_agg(pg_get_triggerdef(t.oid)) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), '[]') AS triggers,
      coalesce((SELECT json_agg(pg_get_indexdef(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid), '[]') AS indexes,
      coalesce((SELECT json_agg(DISTINCT jsonb_build_object('oid', d.refobjid::text, 'column', a.attname))
        FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
        LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE w.ev_class = c.oid AND d.refobjid <> c.oid), '[]') AS reads
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_' AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`);
  const rows = answers.at(-1) as unknown as readonly ViewRow[];
  return rows.map((row) => ({
    oid: row.oid,
    name: row.name,
    kind: row.kind,
    reads: row.reads,
    text: queryOf(row),
    create: createView(row),
  }));
}

interface ViewRow extends Omit<DependentView, 'create'> {
  /** False: a materialized view that nobody has filled. */
  readonly populated: boolean;
  readonly owner: string;
  readonly ownerDiffers: boolean;
  readonly options: readonly string[];
  readonly comment: string | null;
  readonly columns: readonly string[];
  readonly grants: readonly string[];
  readonly columnGrants: readonly string[];
  readonly indexes: readonly string[];
  readonly columnComments: readonly string[];
  readonly defaults: readonly string[];
  readonly rules: readonly string[];
  readonly triggers: readonly string[];
}

function createView({
  name,
  kind,
  populated,
  text,
  owner,
  ownerDiffers,
  options,
  comment,
  columns,
  grants,
  columnGrants,
  indexes,
  columnComments,
  defaults,
  rules,
  triggers,
}: ViewRow): readonly string[] {
  const what = kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW';
  const given = options.length === 0 ? '' : ` WITH (${options.join(', ')})`;
  return [
    `CREATE ${what} ${name} (${columns.join(', ')})${given} AS ${queryOf({ text })}${populated ? '' : '\nWITH NO DATA'}`,
    ...[...indexes, ...defaults, ...rules, ...triggers].map(withoutEnd),
    ...(ownerDiffers ? [`ALTER ${what} ${name} OWNER TO ${owner}`] : []),
    ...grants,
    ...columnGrants,
    ...(comment === null ? [] : [`COMMENT ON ${what} ${name} IS ${quoteLiteral(comment)}`]),
    ...columnComments,
  ];
}

function queryOf({ text }: Pick<ViewRow, 'text'>): string {
  return withoutEnd(text);
}

function withoutEnd(text: string): string {
  return text.replace(/;\s*$/, '');
}

/** Roles that could be an application's, with the search path that their next session gets. */
async function readRoles(sql: Sql): Promise<readonly RoleModel[]> {
  return await sql<RoleModel[]>`
    WITH set AS (
      SELECT s.setdatabase, s.setrole, substr(c, length('search_path=') + 1) AS path
      FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE c LIKE 'search_path=%'),
    here AS (SELECT oid FROM pg_database WHERE datname = current_database())
    SELECT r.rolname AS name, r.rolcanlogin AS "canLogin", own.path AS "ownPath",
      CASE WHEN r.rolsuper THEN '[]' ELSE coalesce((SELECT json_agg(g.rolname) FROM pg_roles g WHERE g.oid <> r.oid AND pg_has_role(r.oid, g.oid, 'USAGE')), '[]') END AS "memberOf",
      coalesce(own.path, everywhere.path, base.path, (SELECT reset_val FROM pg_settings WHERE name = 'search_path' AND source IN ('configuration file', 'default')), '"$user", public') AS path,
      (me.rolsuper OR r.rolname = current_user OR (me.rolcreaterole AND NOT r.rolsuper)) AS alterable
    FROM pg_roles r JOIN pg_roles me ON me.rolname = current_user CROSS JOIN here
    LEFT JOIN set own ON own.setrole = r.oid AND own.setdatabase = here.oid
    LEFT JOIN set everywhere ON everywhere.setrole = r.oid AND everywhere.setdatabase = 0
    LEFT JOIN set base ON base.setrole = 0 AND base.setdatabase = here.oid
    WHERE r.rolname !~ '^pg_' ORDER BY r.rolname`;
}

async function readFunctionTexts(sql: Sql): Promise<Surroundings['texts']> {
  return await sql<{ of: string; text: string }[]>`
    SELECT 'function ' || p.oid::regprocedure AS of, p.prosrc AS text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE p.oid >= 16384 AND l.lanname NOT IN ('c', 'internal') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;
}

/** What pg_stat_statements remembers of this database, where it is there and may be read. */
async function readStatements(sql: Sql): Promise<Surroundings['texts']> {
  const [place] = await sql<{ name: string }[]>`
    SELECT quote_ident(n.nspname) || '.pg_stat_statements' AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`;
  if (place === undefined) return [];
  const query = `SELECT DISTINCT 'statement ' || left(query, 60) AS of, query AS text FROM ${place.name} WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  // It may be installed and not loaded.
  return await sql.unsafe<{ of: string; text: string }[]>(query).catch(() => []);
}

async function readSessions(sql: Sql, _schema: string): Promise<readonly string[]> {
  const rows = await sql<{ session: string }[]>`
    SELECT coalesce(usename, '') || coalesce(' (' || nullif(application_name, '') || ')', '') || ' × ' || count(*) AS session
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    GROUP BY usename, application_name ORDER BY 1`;
  return rows.map(({ session }) => session);
}
