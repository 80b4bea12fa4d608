import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../objects/quote.ts';

/** One GRANT (or REVOKE of what PUBLIC has unasked), and the role that must be there for it. NULL: PUBLIC. */
export interface Privilege {
  readonly role: string | null;
  readonly statement: string;
}

/** Privileges on the schema and all that is in it, and those that new objects will get, but for what an owner has anyway. */
export async function readPrivileges(sql: Sql, schema: string): Promise<readonly Privilege[]> {
  const rows = await sql.unsafe<{ role: string | null; statement: string }[]>(privilegesQuery(schema));
  return rows.map(({ role, statement }) => ({ role, statement }));
}

/** Grants to the roles that are here. @returns those that are not */
export async function grantPrivileges(sql: Sql, privileges: readonly Privilege[]): Promise<readonly string[]> {
  const here = new Set((await sql<{ name: string }[]>`SELECT rolname AS name FROM pg_roles`).map(({ name }) => name));
  const granted = privileges.filter(({ role }) => role === null || here.has(role));
  if (granted.length > 0) await sql.unsafe(granted.map(({ statement }) => statement).join(';\n'));
  return [...new Set(privileges.flatMap(({ role }) => (role === null || here.has(role) ? [] : [role])))].sort();
}

/** Every object with an ACL of its own: (what it is in GRANT, its name, owner, ACL). NULL for an ACL is what PostgreSQL gives unasked. */
const OBJECTS: readonly string[] = [
  `SELECT 'SCHEMA' AS kind, quote_ident(n.nspname) AS name, n.nspowner AS owner, n.nspacl AS acl, '' AS of FROM ours n`,
  `SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass::text, c.relowner, c.relacl, ''
   FROM pg_class c JOIN ours n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
  `SELECT 'TABLE', c.oid::regclass::text, c.relowner, a.attacl, ' (' || quote_ident(a.attname) || ')'
   FROM pg_class c JOIN ours n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped`,
  `SELECT 'ROUTINE', p.oid::regprocedure::text, p.proowner, p.proacl, '' FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace`,
  `SELECT 'TYPE', t.oid::regtype::text, t.typowner, t.typacl, '' FROM pg_type t JOIN ours n ON n.oid = t.typnamespace`,
];

function privilegesQuery(schema: string): string {
  const grantee = `CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END`;
  const role = 'CASE g.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(g.grantee) END';
  const grantable = `CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;
  return `
WITH ours AS MATERIALIZED (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname = ${quoteLiteral(schema)}),
objects AS MATERIALIZED (${OBJECTS.join('\nUNION ALL\n')})
SELECT NULL AS role, format('REVOKE ALL ON %s %s FROM PUBLIC', o.kind, o.name) AS statement, 0 AS turn
FROM objects o WHERE o.acl IS NOT NULL AND o.kind IN ('ROUTINE', 'TYPE')
UNION ALL
SELECT ${role}, format('GRANT %s%s ON %s %s TO %s%s', g.privilege_type, o.of, o.kind, o.name, ${grantee}, ${grantable}), 1
FROM objects o CROSS JOIN LATERAL aclexplode(o.acl) g WHERE g.grantee <> o.owner
UNION ALL
SELECT ${role}, format('ALTER DEFAULT PRIVILEGES IN SCHEMA ${quoteIdentifier(schema).replaceAll('%', '%%').replaceAll("'", "''")} GRANT %s ON %s TO %s%s', g.privilege_type,
  CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' ELSE 'TYPES' END, ${grantee}, ${grantable}), 2
FROM pg_default_acl d JOIN ours n ON n.oid = d.defaclnamespace CROSS JOIN LATERAL aclexplode(d.defaclacl) g
WHERE g.grantee <> d.defaclrole
ORDER BY turn, statement`;
}
