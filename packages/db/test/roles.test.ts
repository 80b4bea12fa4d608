import { randomBytes } from 'node:crypto';
import { applyRoles, parseTarget } from '@repo/migrate';
import type { DomainConfig } from '@repo/migrate/config';
import { describe, expect, test } from 'vitest';
import config from '../db.config.ts';
import { type MigratedDatabase, migratedDatabase, servers } from './support/database.ts';

/** Privileges that a role can have on a table. */
const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** The configured roles under names of one's own, since roles are the cluster's; taken away at the end. */
async function ownRoles(database: MigratedDatabase) {
  const prefix = `t_${randomBytes(4).toString('hex')}_`;
  const owners = { owner: `${prefix}owner`, migrator: `${prefix}migrator` };
  const domains = config.domains.map((domain): DomainConfig => {
    const { app, worker, readOnly } = domain.roles ?? { app: '', worker: '', readOnly: '' };
    return { ...domain, roles: { app: prefix + app, worker: prefix + worker, readOnly: prefix + readOnly } };
  });
  await applyRoles(parseTarget(database.url, 'test'), owners, domains, { yes: true });
  const names = [...domains.flatMap(({ roles }) => Object.values(roles ?? {})), owners.migrator, owners.owner];
  return {
    owners,
    domains,
    [Symbol.asyncDispose]: async () => {
      for (const name of names) await database.sql.unsafe(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`);
    },
  };
}

describe.each(servers())('roles of the five domains on PostgreSQL $version', ({ url: server }) => {
  test('each role has exactly its privileges on every table of every domain, and may create nothing anywhere', async () => {
    await using database = await migratedDatabase(server);
    await using own = await ownRoles(database);
    const found = await database.sql<{ role: string; schema: string; privileges: string }[]>`
      SELECT r.rolname AS role, n.nspname AS schema,
        string_agg(DISTINCT p.privilege, ' ' ORDER BY p.privilege) FILTER (WHERE has_table_privilege(r.oid, c.oid, p.privilege)) AS privileges
      FROM pg_roles r, pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm'),
        unnest(string_to_array(${TABLE_PRIVILEGES.join(' ')}, ' ')) AS p(privilege)
      WHERE r.rolname LIKE ${`${own.owners.owner.replace(/owner$/, '')}%`} AND r.rolname NOT IN (${own.owners.owner}, ${own.owners.migrator})
        AND n.nspname IN ('bot', 'audit', 'video', 'optimizer', 'train', 'migrations')
      GROUP BY r.rolname, n.nspname, c.oid`;
    const expected = (role: string, schema: string): string | null => {
      const domain = own.domains.find(({ roles }) => Object.values(roles ?? {}).includes(role));
      if (schema === 'migrations') return 'SELECT';
      if (domain?.schema !== schema) return null;
      return role === domain.roles?.readOnly ? 'SELECT' : 'DELETE INSERT SELECT UPDATE';
    };
    // 15 roles, 41 relations: nothing has been left out.
    expect(new Set(found.map(({ role }) => role)).size).toBe(15);
    const wrong = found.filter(({ role, schema, privileges }) => privileges !== expected(role, schema));
    expect(wrong).toEqual([]);
    const creators = await database.sql`
      SELECT r.rolname, n.nspname FROM pg_roles r, pg_namespace n
      WHERE r.rolname LIKE ${`${own.owners.owner.replace(/owner$/, '')}%`} AND r.rolname NOT IN (${own.owners.owner}, ${own.owners.migrator})
        AND n.nspname !~ '^pg_' AND has_schema_privilege(r.oid, n.oid, 'CREATE')`;
    expect([...creators]).toEqual([]);
  });

  test("everything of the domains and the history is the owner's, and a second apply has nothing to do", async () => {
    await using database = await migratedDatabase(server);
    await using own = await ownRoles(database);
    const others = await database.sql`
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('bot', 'audit', 'video', 'optimizer', 'train', 'migrations') AND pg_get_userbyid(c.relowner) <> ${own.owners.owner}`;
    expect([...others]).toEqual([]);
    const again = await applyRoles(parseTarget(database.url, 'test'), own.owners, own.domains, { yes: true });
    expect(again).toMatchObject({ outcome: 'nothing to do', statements: [], laterSchemas: [] });
  });
});
