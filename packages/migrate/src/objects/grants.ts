import { quoteLiteral } from './quote.ts';

/** Keeps, until the transaction ends, the privileges that a relation and its columns have in the database where it runs: which those are,
 *  nobody knows here. `of` and `to` are qualified and quoted. */
export function rememberGrants(setting: string, of: string, to = of): string {
  const on = to === of ? 'c.oid::regclass' : quoteLiteral(to);
  return `SELECT set_config('${PREFIX}${setting}', coalesce((
  SELECT json_agg(format('GRANT %s%s ON %s TO %s%s', a.privilege_type, a.part, ${on},
    ${GRANTEE}))::text
  FROM pg_catalog.pg_class AS c CROSS JOIN LATERAL (
    SELECT x.*, '' AS part FROM pg_catalog.aclexplode(c.relacl) AS x
    UNION ALL SELECT x.*, format(' (%I)', t.attname) FROM pg_catalog.pg_attribute AS t CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) AS x
    WHERE t.attrelid = c.oid AND NOT t.attisdropped) AS a
  WHERE c.oid = ${quoteLiteral(of)}::regclass AND a.grantee <> c.relowner), ''), true)`;
}

/** The same for a function, by its name with the types of its arguments; nobody may call it who may not now. */
export function rememberFunctionGrants(setting: string, signature: string): string {
  return `SELECT set_config('${PREFIX}${setting}', coalesce((
  SELECT json_build_array(format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', p.oid::regprocedure))::jsonb || coalesce((
    SELECT jsonb_agg(format('GRANT %s ON FUNCTION %s TO %s%s', a.privilege_type, p.oid::regprocedure,
      ${GRANTEE}))
    FROM pg_catalog.aclexplode(p.proacl) AS a WHERE a.grantee <> p.proowner), '[]')
  FROM pg_catalog.pg_proc AS p WHERE p.oid = ${quoteLiteral(signature)}::regprocedure AND p.proacl IS NOT NULL)::text, ''), true)`;
}

/** Gives back what was kept, in the same transaction; not to a column that is there no more. */
export function restoreGrants(setting: string): string {
  return `${RESTORES} DECLARE wanted text; BEGIN
  FOR wanted IN SELECT json_array_elements_text(nullif(current_setting('${PREFIX}${setting}', true), '')::json) LOOP
    BEGIN EXECUTE wanted; EXCEPTION WHEN undefined_column THEN NULL; END;
  END LOOP;
END $grants$`;
}

/** Whether a statement is one of `restoreGrants`. */
export function restoresGrants(text: string): boolean {
  return text.startsWith(RESTORES);
}

/** Whether a statement is one of `rememberGrants`. */
export function remembersGrants(text: string): boolean {
  return text.startsWith(`SELECT set_config('${PREFIX}`);
}

/** Gives each of `columns` of a relation the privileges that the first of its pair has for itself, on `to`; both relations are qualified
 *  and quoted. */
export function copyColumnGrants(of: string, to: string, columns: readonly (readonly [string, string])[]): string {
  const pairs = columns.map((pair) => `(${pair.map(quoteLiteral).join(', ')})`).join(', ');
  return `${RESTORES} DECLARE wanted text; BEGIN
  FOR wanted IN SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, p.fresh, ${quoteLiteral(to)},
    ${GRANTEE})
  FROM (VALUES ${pairs}) AS p (own, fresh)
  JOIN pg_catalog.pg_attribute AS t ON t.attrelid = ${quoteLiteral(of)}::regclass AND t.attname = p.own
  CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) AS a LOOP EXECUTE wanted; END LOOP;
END $grants$`;
}

const GRANTEE = `CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;
const PREFIX = 'db.grants_';
const RESTORES = 'DO $grants$';
