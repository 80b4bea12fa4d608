import { quoteLiteral } from './quote.ts';

/** Keeps, until the transaction ends, the privileges that a relation has in the database where it runs: which those are, nobody knows
 *  here. `of` and `to` are qualified and quoted. */
export function rememberGrants(setting: string, of: string, to = of): string {
  const on = to === of ? 'c.oid::regclass' : quoteLiteral(to);
  return `SELECT set_config('${PREFIX}${setting}', coalesce((
  SELECT string_agg(format('GRANT %s ON %s TO %s%s', a.privilege_type, ${on},
    ${GRANTEE}), '; ')
  FROM pg_catalog.pg_class AS c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS a
  WHERE c.oid = ${quoteLiteral(of)}::regclass AND a.grantee <> c.relowner), ''), true)`;
}

/** Gives back what `rememberGrants` kept, in the same transaction. */
export function restoreGrants(setting: string): string {
  const kept = `current_setting('${PREFIX}${setting}', true)`;
  return `DO $grants$ BEGIN IF ${kept} <> '' THEN EXECUTE ${kept}; END IF; END $grants$`;
}

/** Whether a statement is one of `rememberGrants`. */
export function remembersGrants(text: string): boolean {
  return text.startsWith(`SELECT set_config('${PREFIX}`);
}

/** Gives each of `columns` of a relation the privileges that the first of its pair has for itself, on `to`; both relations are qualified
 *  and quoted. */
export function copyColumnGrants(of: string, to: string, columns: readonly (readonly [string, string])[]): string {
  const pairs = columns.map((pair) => `(${pair.map(quoteLiteral).join(', ')})`).join(', ');
  return `DO $grants$ DECLARE wanted text; BEGIN
  FOR wanted IN SELECT format('GRANT %s (%I) ON %s TO %s%s', a.privilege_type, p.fresh, ${quoteLiteral(to)},
    ${GRANTEE})
  FROM (VALUES ${pairs}) AS p (own, fresh)
  JOIN pg_catalog.pg_attribute AS t ON t.attrelid = ${quoteLiteral(of)}::regclass AND t.attname = p.own
  CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) AS a LOOP EXECUTE wanted; END LOOP;
END $grants$`;
}

const GRANTEE = `CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;
const PREFIX = 'db.grants_';
