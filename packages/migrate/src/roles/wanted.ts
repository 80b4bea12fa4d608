import type { DomainConfig } from '../config/config.ts';
import type { OwnerRoles } from '../config/roles.ts';

/** Privileges on one kind of object in a schema. */
export interface WantedGrant {
  readonly role: string;
  readonly schema: string;
  readonly on: 'schema' | 'tables' | 'sequences';
  /** In the order in which they are written. */
  readonly privileges: readonly string[];
}

/** What `roles apply` brings about. */
export interface WantedRoles {
  readonly owners: OwnerRoles;
  /** Every role, the owner first. */
  readonly roles: readonly { readonly name: string; readonly canLogin: boolean }[];
  /** Schemas that the owner shall own, with all that is in them. */
  readonly schemas: readonly string[];
  readonly grants: readonly WantedGrant[];
}

/** The history, which apps read to wait for their schema. */
const HISTORY = 'migrations';
const WRITE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** What the configuration wants of the roles. Pure. */
export function wantedRoles(owners: OwnerRoles, domains: readonly DomainConfig[]): WantedRoles {
  const named = domains.flatMap(({ schema, roles }) => (roles === undefined ? [] : [{ schema, roles }]));
  const users = named.flatMap(({ roles: { app, worker, readOnly } }) => [app, worker, readOnly]);
  return {
    owners,
    roles: [
      { name: owners.owner, canLogin: false },
      { name: owners.migrator, canLogin: true },
      ...[...new Set(users)].map((name) => ({ name, canLogin: true })),
    ],
    schemas: [HISTORY, ...named.map(({ schema }) => schema)],
    grants: [
      ...named.flatMap(({ schema, roles: { app, worker, readOnly } }) => [
        ...[app, worker].flatMap((role) => inSchema(role, schema, WRITE, ['USAGE', 'SELECT'])),
        ...inSchema(readOnly, schema, ['SELECT'], ['SELECT']),
      ]),
      ...[...new Set(users)].flatMap((role) => inSchema(role, HISTORY, ['SELECT'], [])),
    ],
  };
}

function inSchema(
  role: string,
  schema: string,
  tables: readonly string[],
  sequences: readonly string[],
): readonly WantedGrant[] {
  return [
    { role, schema, on: 'schema', privileges: ['USAGE'] },
    { role, schema, on: 'tables', privileges: tables },
    { role, schema, on: 'sequences', privileges: sequences },
  ];
}
