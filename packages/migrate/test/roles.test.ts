import { randomBytes } from 'node:crypto';
import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import type { DomainConfig } from '../src/config.ts';
import { applyRoles, migrateDomain, parseTarget } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const SHOP = `CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'done');
CREATE TABLE shop.orders (id serial PRIMARY KEY, state shop.state NOT NULL DEFAULT 'open');
CREATE VIEW shop.open_orders AS SELECT id FROM shop.orders WHERE state = 'open';
CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql IMMUTABLE RETURN 1;`;

/** Roles are the cluster's: names of one's own, taken away at the end. */
async function ownRoles(server: string) {
  const prefix = `t_${randomBytes(4).toString('hex')}`;
  const owners = { owner: `${prefix}_owner`, migrator: `${prefix}_migrator` };
  const roles = { app: `${prefix}_app`, worker: `${prefix}_worker`, readOnly: `${prefix}_read` };
  const all = [...Object.values(roles), owners.migrator, owners.owner];
  return {
    owners,
    roles,
    [Symbol.asyncDispose]: async () => {
      const sql = postgres(server, { max: 1, onnotice: () => {} });
      for (const role of all) await sql.unsafe(`DROP ROLE IF EXISTS ${role}`);
      await sql.end();
    },
  };
}

/** A connection as one of the roles; it gets a password for it. */
async function connectAs(database: Database, role: string): Promise<Sql & AsyncDisposable> {
  const password = randomBytes(12).toString('hex');
  await database.sql.unsafe(`ALTER ROLE ${role} PASSWORD '${password}'`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, password];
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() });
}

const DENIED = { code: '42501' };

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  const target = (database: Database, role?: readonly [string, string]) => {
    const url = new URL(database.url);
    if (role !== undefined) [url.username, url.password] = [...role];
    return parseTarget(url.href, 'test');
  };

  test('an app role writes rows of its domain and can do no more; a read role reads; the next apply has nothing to do', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    await project.migrate(database.url);
    await database.sql`CREATE SCHEMA other`;
    await database.sql`CREATE TABLE other.secrets (id int)`;
    const apply = (yes: boolean) => applyRoles(target(database), own.owners, [domain], { yes });
    expect(await apply(false)).toMatchObject({ outcome: 'shown', laterSchemas: [] });
    expect([...(await database.sql`SELECT FROM pg_roles WHERE rolname = ${own.roles.app}`)]).toEqual([]);
    expect(await apply(true)).toMatchObject({ outcome: 'applied' });
    expect(await apply(true)).toMatchObject({ outcome: 'nothing to do', statements: [] });

    await using app = await connectAs(database, own.roles.app);
    expect([...(await app`INSERT INTO shop.orders DEFAULT VALUES RETURNING id, state`)]).toEqual([
      { id: 1, state: 'open' },
    ]);
    expect([...(await app`SELECT * FROM shop.open_orders`)]).toEqual([{ id: 1 }]);
    await app`UPDATE shop.orders SET state = 'done'`;
    await app`DELETE FROM shop.orders`;
    expect([...(await app`SELECT name FROM migrations.applied`)]).toEqual([{ name: A }]);
    for (const refused of [
      'CREATE TABLE shop.mine (id int)',
      'ALTER TABLE shop.orders ADD COLUMN x int',
      'TRUNCATE shop.orders',
      'DROP TABLE shop.orders',
      'CREATE SCHEMA mine',
      'SELECT * FROM other.secrets',
      'DELETE FROM migrations.applied',
      `SET ROLE ${own.owners.owner}`,
    ])
      await expect(app.unsafe(refused), refused).rejects.toMatchObject(DENIED);

    await using reader = await connectAs(database, own.roles.readOnly);
    expect([...(await reader`SELECT * FROM shop.orders`)]).toEqual([]);
    for (const refused of ['INSERT INTO shop.orders DEFAULT VALUES', "SELECT nextval('shop.orders_id_seq')"])
      await expect(reader.unsafe(refused), refused).rejects.toMatchObject(DENIED);
  });

  test('the migrator works as the owner: what it makes belongs to the owner, and the app may use it at once', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    // Before anything is there: the grants come with the second apply.
    expect(await applyRoles(target(database), own.owners, [domain], { yes: true })).toMatchObject({
      laterSchemas: ['migrations', 'shop'],
    });
    await database.sql.unsafe(`ALTER ROLE ${own.owners.migrator} PASSWORD 'm'`);
    const migrate = () =>
      migrateDomain(domain, { root: project.root, target: target(database, [own.owners.migrator, 'm']) });
    await migrate();
    expect(await applyRoles(target(database), own.owners, [domain], { yes: true })).toMatchObject({ laterSchemas: [] });
    await project.write(B, 'SET search_path = shop;\nCREATE TABLE shop.users (id serial PRIMARY KEY);');
    await project.write('20260103000000_c', 'CREATE TABLE shop.more (id int)');
    await migrate();
    const owners = await database.sql`
      SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace IN ('shop'::regnamespace, 'migrations'::regnamespace)`;
    expect([...owners]).toEqual([{ owner: own.owners.owner }]);
    const [by] = await database.sql`SELECT DISTINCT applied_by AS by FROM migrations.applied`;
    expect(by).toEqual({ by: own.owners.migrator });
    await using app = await connectAs(database, own.roles.app);
    expect([...(await app`INSERT INTO shop.users DEFAULT VALUES RETURNING id`)]).toEqual([{ id: 1 }]);
    expect(await applyRoles(target(database), own.owners, [domain], { yes: true })).toMatchObject({
      outcome: 'nothing to do',
    });
  });

  test('what a role has beyond its part is taken away; a role with more power than ours may have is refused, and nothing is changed', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    await project.migrate(database.url);
    const apply = () => applyRoles(target(database), own.owners, [domain], { yes: true });
    await apply();
    await database.sql.unsafe(
      `GRANT TRUNCATE ON shop.orders TO ${own.roles.app}; GRANT CREATE ON SCHEMA shop TO ${own.roles.readOnly}; GRANT INSERT ON shop.orders TO ${own.roles.readOnly}`,
    );
    expect((await apply()).statements).toHaveLength(3);
    await using reader = await connectAs(database, own.roles.readOnly);
    await expect(reader`INSERT INTO shop.orders DEFAULT VALUES`).rejects.toMatchObject(DENIED);
    await database.sql.unsafe(
      `ALTER ROLE ${own.roles.app} BYPASSRLS; GRANT ${own.owners.owner} TO ${own.roles.worker}; DROP TABLE shop.orders CASCADE`,
    );
    await database.sql`CREATE TABLE shop.orders (id int)`;
    await expect(apply()).rejects.toMatchObject({
      code: 'DB_ROLE',
      message: expect.stringMatching(
        /_worker is there and is a member of .*_owner; role .*_app is there and has BYPASSRLS|_app is there and has BYPASSRLS; role .*_worker is there and is a member of .*_owner/,
      ),
    });
    const [owner] =
      await database.sql`SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = 'shop.orders'::regclass`;
    expect(owner?.['owner']).not.toBe(own.owners.owner);
  });

  test('what a role may on single columns, on tables to come, or pass on to others is taken away, too', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    const { app, readOnly, worker } = own.roles;
    await project.migrate(database.url);
    const apply = () => applyRoles(target(database), own.owners, [domain], { yes: true });
    await apply();
    await database.sql.unsafe(`
      GRANT UPDATE (state) ON shop.orders TO ${readOnly};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${own.owners.owner} IN SCHEMA shop GRANT INSERT ON TABLES TO ${readOnly};
      GRANT SELECT ON shop.orders TO ${app} WITH GRANT OPTION`);
    await using writer = await connectAs(database, app);
    await writer.unsafe(`GRANT SELECT ON shop.orders TO ${own.owners.migrator}`);
    expect((await apply()).statements).toEqual([
      `REVOKE GRANT OPTION FOR SELECT ON ALL TABLES IN SCHEMA "shop" FROM "${app}" CASCADE`,
      `REVOKE SELECT ON ALL TABLES IN SCHEMA "shop" FROM "${own.owners.migrator}"`,
      `REVOKE UPDATE ("state") ON shop.orders FROM "${readOnly}"`,
      `ALTER DEFAULT PRIVILEGES FOR ROLE "${own.owners.owner}" IN SCHEMA "shop" REVOKE INSERT ON TABLES FROM "${readOnly}"`,
    ]);
    expect(await apply()).toMatchObject({ outcome: 'nothing to do' });
    await database.sql.unsafe(`SET ROLE ${own.owners.owner}; CREATE TABLE shop.later (id int); RESET ROLE`);
    await using reader = await connectAs(database, readOnly);
    await expect(reader`UPDATE shop.orders SET state = 'done'`).rejects.toMatchObject(DENIED);
    await expect(reader`INSERT INTO shop.later VALUES (1)`).rejects.toMatchObject(DENIED);
    await writer.unsafe(`GRANT SELECT ON shop.orders TO ${worker}`);
    expect([...(await writer`SELECT * FROM shop.orders`)]).toEqual([]);
    expect(await apply()).toMatchObject({ outcome: 'nothing to do' });
  });

  test('a role that may become a superuser, or somebody with rights on our tables, is refused as if it were that', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    await project.migrate(database.url);
    const apply = () => applyRoles(target(database), own.owners, [domain], { yes: true });
    await apply();
    const [superuser, dba, hoover, harmless] = ['super', 'dba', 'hoover', 'harmless'].map(
      (name) => `t_${randomBytes(4).toString('hex')}_${name}`,
    );
    await database.sql.unsafe(`
      CREATE ROLE ${superuser} SUPERUSER; CREATE ROLE ${dba}; CREATE ROLE ${hoover}; CREATE ROLE ${harmless};
      GRANT ${superuser} TO ${dba}; GRANT SELECT ON shop.orders TO ${hoover};
      GRANT ${harmless} TO ${own.roles.app}`);
    try {
      expect(await apply()).toMatchObject({ outcome: 'nothing to do' });
      for (const [role, member, said] of [
        [dba, own.roles.app, `_app is there and is a member of ${superuser}, which has SUPERUSER`],
        [hoover, own.roles.readOnly, `_read is there and is a member of ${hoover}`],
        [dba, own.owners.owner, `_owner is there and is a member of ${superuser}`],
      ]) {
        await database.sql.unsafe(`GRANT ${role} TO ${member}`);
        await expect(apply(), `${member} in ${role}`).rejects.toMatchObject({
          code: 'DB_ROLE',
          message: expect.stringContaining(String(said)),
          facts: { changed: 'nothing was changed' },
        });
        await database.sql.unsafe(`REVOKE ${role} FROM ${member}`);
      }
    } finally {
      await database.sql.unsafe(`DROP OWNED BY ${hoover}; DROP ROLE ${superuser}, ${dba}, ${hoover}, ${harmless}`);
    }
  });

  test('somebody who may not make roles is told so, and nothing is changed', async () => {
    await using own = await ownRoles(server);
    await using database = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    const poor = `t_${randomBytes(4).toString('hex')}_poor`;
    await database.sql.unsafe(`CREATE ROLE ${poor} LOGIN PASSWORD 'p'`);
    const domain: DomainConfig = { ...project.domain, roles: own.roles };
    await expect(applyRoles(target(database, [poor, 'p']), own.owners, [domain], { yes: true })).rejects.toMatchObject({
      code: 'DB_PRIVILEGE',
      exit: 4,
      facts: { changed: 'nothing was changed' },
    });
    expect([...(await database.sql`SELECT FROM pg_roles WHERE rolname = ${own.owners.owner}`)]).toEqual([]);
    await database.sql.unsafe(`DROP ROLE ${poor}`);
  });
});
