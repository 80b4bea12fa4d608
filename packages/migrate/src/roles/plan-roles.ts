import { DbError } from '../errors/db-error.ts';
import { quoteIdentifier as quote } from '../objects/quote.ts';
import type { HeldPrivilege, LiveRole, LiveRoles, Membership } from './read-roles.ts';
import type { WantedGrant, WantedRoles } from './wanted.ts';

export interface RolesPlan {
  /** In the order in which they are run; none where everything is as wanted. */
  readonly statements: readonly string[];
  /** Wanted schemas that are not there yet: their grants come with the next `roles apply`, after `migrate`. */
  readonly laterSchemas: readonly string[];
}

/** The statements that lack between what is wanted and what is there; nothing that is right already is repeated. A role of ours that is
 *  more powerful than any of ours may be is no role of ours. Pure.
 *  @throws {DbError} DB_ROLE */
export function planRoles(wanted: WantedRoles, live: LiveRoles): RolesPlan {
  const { owners } = wanted;
  const there = new Map(live.roles.map((role) => [role.name, role]));
  const strangers = live.roles.flatMap((role) => complaint(role, wanted));
  if (strangers.length > 0) {
    throw new DbError('DB_ROLE', {
      why: strangers.join('; '),
      fix: 'name other roles in db.config.ts, or take those rights away first',
      changed: 'nothing was changed',
    });
  }
  const schemas = new Set(live.schemas);
  const owner = quote(owners.owner);
  const statements = [
    ...wanted.roles.flatMap(({ name, canLogin }) => {
      const word = canLogin ? 'LOGIN' : 'NOLOGIN';
      const role = there.get(name);
      if (role === undefined) return [`CREATE ROLE ${quote(name)} ${word}`];
      return role.canLogin === canLogin ? [] : [`ALTER ROLE ${quote(name)} ${word}`];
    }),
    ...(live.migratorIsMember ? [] : [`GRANT ${owner} TO ${quote(owners.migrator)}`]),
    ...(live.migratorActsAsOwner
      ? []
      : [`ALTER ROLE ${quote(owners.migrator)} IN DATABASE ${quote(live.database)} SET role = ${owner}`]),
    ...(live.ownerMayCreateSchemas ? [] : [`GRANT CREATE ON DATABASE ${quote(live.database)} TO ${owner}`]),
    ...live.ownedByOthers.map((what) => `ALTER ${what} OWNER TO ${owner}`),
    ...wanted.grants
      .filter(({ schema }) => schemas.has(schema))
      .flatMap((grant) => grantStatements(grant, live, owner)),
    ...revokes(wanted, live, owner),
  ];
  return { statements, laterSchemas: wanted.schemas.filter((schema) => !schemas.has(schema)) };
}

function complaint({ name, powers, memberOf }: LiveRole, wanted: WantedRoles): readonly string[] {
  const others = memberOf.filter((role) => givesTooMuch(name, role, wanted)).map(describeMembership);
  return [
    ...(powers.length === 0 ? [] : [`role ${name} is there and has ${powers.join(', ')}`]),
    ...(others.length === 0 ? [] : [`role ${name} is there and is a member of ${others.join(', ')}`]),
  ];
}

/** Whoever is a member of a role can do what that role can, whether it inherits or has to SET ROLE. */
function givesTooMuch(member: string, { name, powers, reaches }: Membership, { owners, roles }: WantedRoles): boolean {
  if (member === owners.migrator && name === owners.owner) return false;
  const isOurs = roles.some((role) => role.name === name);
  return isOurs || reaches || powers.length > 0 || /^pg_(read|write|execute)_/.test(name);
}

function describeMembership({ name, powers }: Membership): string {
  return powers.length === 0 ? name : `${name}, which has ${powers.join(', ')}`;
}

function grantStatements(
  { role, schema, on, privileges }: WantedGrant,
  live: LiveRoles,
  owner: string,
): readonly string[] {
  const total = live.objects.find((one) => one.schema === schema && one.on === on)?.objects ?? 0;
  const missing = privileges.filter(
    (privilege) =>
      (live.held.find(
        (one) => one.role === role && one.schema === schema && one.on === on && one.privilege === privilege,
      )?.objects ?? 0) < total,
  );
  const toCome =
    on === 'schema'
      ? []
      : privileges.filter(
          (privilege) =>
            !live.defaults.some(
              (one) => one.role === role && one.schema === schema && one.on === on && one.privilege === privilege,
            ),
        );
  return [
    ...(missing.length === 0 ? [] : [`GRANT ${missing.join(', ')} ON ${target(on, schema)} TO ${quote(role)}`]),
    ...(toCome.length === 0
      ? []
      : [
          `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${quote(schema)} GRANT ${toCome.join(', ')} ON ${on.toUpperCase()} TO ${quote(role)}`,
        ]),
  ];
}

function target(on: WantedGrant['on'], schema: string): string {
  return on === 'schema' ? `SCHEMA ${quote(schema)}` : `ALL ${on.toUpperCase()} IN SCHEMA ${quote(schema)}`;
}

/** What our roles hold and shall not: on what is there, on single columns, on what is to come, and the right to pass on. */
function revokes({ grants, owners }: WantedRoles, live: LiveRoles, owner: string): readonly string[] {
  const wants = ({ role, schema, on, privilege }: Omit<HeldPrivilege, 'objects' | 'grantable'>) =>
    role === owners.owner ||
    grants.some(
      (one) => one.role === role && one.schema === schema && one.on === on && one.privileges.includes(privilege),
    );
  return [
    ...live.held.flatMap((one) => {
      const what = `${one.privilege} ON ${target(one.on, one.schema)} FROM ${quote(one.role)}`;
      // What was passed on goes with it.
      const cascade = one.grantable > 0 ? ' CASCADE' : '';
      if (!wants(one)) return [`REVOKE ${what}${cascade}`];
      return one.role === owners.owner || cascade === '' ? [] : [`REVOKE GRANT OPTION FOR ${what}${cascade}`];
    }),
    ...live.columns
      .filter(({ role }) => role !== owners.owner)
      .map(
        ({ role, table, column, privilege }) =>
          `REVOKE ${privilege} (${quote(column)}) ON ${table} FROM ${quote(role)}`,
      ),
    ...live.defaults
      .filter((one) => !wants(one))
      .map(
        ({ role, schema, on, privilege }) =>
          `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${quote(schema)} REVOKE ${privilege} ON ${on.toUpperCase()} FROM ${quote(role)}`,
      ),
  ];
}
