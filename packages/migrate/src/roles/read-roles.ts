import type { Sql } from 'postgres';
import type { WantedRoles } from './wanted.ts';

/** What the server has of the wanted roles. */
export interface LiveRoles {
  readonly database: string;
  readonly roles: readonly LiveRole[];
  /** Whether the migrator is a member of the owner, and works as it from its first statement on. */
  readonly migratorIsMember: boolean;
  readonly migratorActsAsOwner: boolean;
  readonly ownerMayCreateSchemas: boolean;
  /** Wanted schemas that are there. */
  readonly schemas: readonly string[];
  /** What the owner shall own and does not, as statements would name it: `TABLE "bot"."logs"`. */
  readonly ownedByOthers: readonly string[];
  /** Privileges that our roles hold on what is in the wanted schemas. */
  readonly held: readonly HeldPrivilege[];
  /** Objects of each kind in each schema, to tell whether all of them are granted. */
  readonly objects: readonly { readonly schema: string; readonly on: ObjectKind; readonly objects: number }[];
  /** Privileges that our roles hold on single columns in the wanted schemas; the table as a statement would name it. */
  readonly columns: readonly HeldColumn[];
  /** Privileges on tables and sequences to come. */
  readonly defaults: readonly {
    readonly role: string;
    readonly schema: string;
    readonly on: ObjectKind;
    readonly privilege: string;
  }[];
}

export type ObjectKind = 'schema' | 'tables' | 'sequences';

export interface LiveRole {
  readonly name: string;
  readonly canLogin: boolean;
  /** SUPERUSER, BYPASSRLS, CREATEROLE, CREATEDB, REPLICATION: more than any of our roles may have. */
  readonly powers: readonly string[];
  /** Roles that it is a member of, directly or not. */
  readonly memberOf: readonly Membership[];
}

/** A role, and what whoever is a member of it can do by it. */
export interface Membership {
  readonly name: string;
  /** As of LiveRole. */
  readonly powers: readonly string[];
  /** It owns something in the wanted schemas, or holds a privilege there. */
  readonly reaches: boolean;
}

export interface HeldPrivilege {
  readonly role: string;
  readonly schema: string;
  readonly on: ObjectKind;
  readonly privilege: string;
  /** On how many objects of that kind. */
  readonly objects: number;
  /** On how many of them it may be passed on. */
  readonly grantable: number;
}

export interface HeldColumn {
  readonly role: string;
  readonly table: string;
  readonly column: string;
  readonly privilege: string;
}

/** What a row of pg_roles may do anywhere. */
const powersOf = (alias: string) => `array_remove(ARRAY[CASE WHEN ${alias}.rolsuper THEN 'SUPERUSER' END,
  CASE WHEN ${alias}.rolbypassrls THEN 'BYPASSRLS' END, CASE WHEN ${alias}.rolcreaterole THEN 'CREATEROLE' END,
  CASE WHEN ${alias}.rolcreatedb THEN 'CREATEDB' END, CASE WHEN ${alias}.rolreplication THEN 'REPLICATION' END], NULL)`;

/** Reads what the server has, in one snapshot; read-only. */
export async function readRoles(sql: Sql, wanted: WantedRoles): Promise<LiveRoles> {
  const { owners } = wanted;
  const [row] = await sql<[{ live: LiveRoles }]>`
    WITH ${ours(sql, wanted)}
    SELECT json_build_object(
      'database', current_database(),
      'roles', (SELECT coalesce(json_agg(json_build_object('name', r.rolname, 'canLogin', r.rolcanlogin,
          'powers', ${sql.unsafe(powersOf('r'))},
          'memberOf', (SELECT coalesce(json_agg(json_build_object('name', m.rolname, 'powers', ${sql.unsafe(powersOf('m'))},
              'reaches', EXISTS (SELECT FROM kinds k WHERE k.owner = m.oid OR EXISTS (SELECT FROM aclexplode(k.acl) a WHERE a.grantee = m.oid)))
              ORDER BY m.rolname), '[]') FROM pg_roles m
            WHERE m.oid <> r.oid AND NOT r.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER')))), '[]')
        FROM wanted w JOIN pg_roles r ON r.oid = w.oid),
      'migratorIsMember', EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles o ON o.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
        WHERE o.rolname = ${owners.owner} AND u.rolname = ${owners.migrator}),
      'migratorActsAsOwner', EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_roles u ON u.oid = s.setrole
        WHERE u.rolname = ${owners.migrator} AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ${`role=${owners.owner}`} = ANY (s.setconfig)),
      'ownerMayCreateSchemas', EXISTS (SELECT FROM wanted WHERE rolname = ${owners.owner} AND has_database_privilege(oid, current_database(), 'CREATE')),
      'schemas', (SELECT coalesce(json_agg(nspname ORDER BY nspname), '[]') FROM spaces),
      'ownedByOthers', (SELECT coalesce(json_agg(what ORDER BY what), '[]') FROM owned JOIN pg_roles r ON r.oid = owner
        WHERE r.rolname <> ${owners.owner}),
      ${rights(sql, wanted)}) AS live`;
  return row.live;
}

/** The wanted roles and schemas that are there, with what is in the schemas; `owned` has what changes owner by a statement of its own. */
function ours(sql: Sql, { roles, schemas }: WantedRoles) {
  return sql`
    wanted AS (SELECT oid, rolname FROM pg_roles WHERE rolname IN (SELECT jsonb_array_elements_text(${JSON.stringify(roles.map(({ name }) => name))}::text::jsonb))),
      spaces AS (SELECT oid, nspname, nspowner, nspacl FROM pg_namespace WHERE nspname IN (SELECT jsonb_array_elements_text(${JSON.stringify(schemas)}::text::jsonb))),
      -- Sequences of identity and serial columns belong to their table, and change owner with it.
      relations AS (
        SELECT c.oid, s.nspname, c.relname, c.relkind, c.relowner, c.relacl,
          EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
            AND d.deptype IN ('a', 'i') AND c.relkind = 'S') AS dependent
        FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
      kinds AS (
        SELECT nspname AS schema, 'schema' AS "on", nspacl AS acl, 'n'::"char" AS letter, nspowner AS owner FROM spaces
        UNION ALL SELECT nspname, CASE relkind WHEN 'S' THEN 'sequences' ELSE 'tables' END, relacl,
          CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner FROM relations),
      owned AS (
        SELECT format('SCHEMA %I', nspname) AS what, nspowner AS owner FROM spaces
        UNION ALL SELECT format('%s %I.%I', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
          WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, nspname, relname), relowner FROM relations WHERE NOT dependent
        UNION ALL SELECT format('ROUTINE %s', p.oid::regprocedure), p.proowner FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
        UNION ALL SELECT format('%s %I.%I', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, s.nspname, t.typname), t.typowner
          FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
          WHERE t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))`;
}

/** What our roles hold in these schemas, and what there is to be held. */
function rights(sql: Sql, { owners }: WantedRoles) {
  return sql`
    'held', (SELECT coalesce(json_agg(json_build_object('role', rolname, 'schema', schema, 'on', "on", 'privilege', privilege_type, 'objects', n,
            'grantable', grantable) ORDER BY rolname, schema, "on", privilege_type), '[]')
        FROM (SELECT w.rolname, k.schema, k."on", a.privilege_type, count(*)::int AS n, (count(*) FILTER (WHERE a.is_grantable))::int AS grantable
          FROM kinds k CROSS JOIN LATERAL aclexplode(coalesce(k.acl, acldefault(k.letter, k.owner))) a JOIN wanted w ON w.oid = a.grantee
          WHERE a.grantee <> k.owner GROUP BY 1, 2, 3, 4) AS h),
      'objects', (SELECT coalesce(json_agg(json_build_object('schema', schema, 'on', "on", 'objects', n)), '[]')
        FROM (SELECT schema, "on", count(*)::int AS n FROM kinds GROUP BY 1, 2) AS o),
      'columns', (SELECT coalesce(json_agg(json_build_object('role', w.rolname, 'table', format('%I.%I', r.nspname, r.relname), 'column', c.attname,
          'privilege', a.privilege_type) ORDER BY w.rolname, r.nspname, r.relname, c.attnum, a.privilege_type), '[]')
        FROM relations r JOIN pg_attribute c ON c.attrelid = r.oid AND NOT c.attisdropped CROSS JOIN LATERAL aclexplode(c.attacl) a
          JOIN wanted w ON w.oid = a.grantee),
      'defaults', (SELECT coalesce(json_agg(json_build_object('role', w.rolname, 'schema', s.nspname, 'privilege', a.privilege_type,
          'on', CASE d.defaclobjtype WHEN 'S' THEN 'sequences' ELSE 'tables' END)
          ORDER BY w.rolname, s.nspname, d.defaclobjtype, a.privilege_type), '[]')
        FROM pg_default_acl d JOIN spaces s ON s.oid = d.defaclnamespace JOIN pg_roles o ON o.oid = d.defaclrole
          CROSS JOIN LATERAL aclexplode(d.defaclacl) a JOIN wanted w ON w.oid = a.grantee
        WHERE o.rolname = ${owners.owner} AND d.defaclobjtype IN ('r', 'S'))`;
}
