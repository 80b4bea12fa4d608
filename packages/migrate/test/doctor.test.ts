import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { type Ended, runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const SHOP = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY)';

describe.each(testServers())('PostgreSQL $version', ({ url: server, version }) => {
  const db = (
    project: Project,
    url: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Ended> =>
    runMain(['--config', join(project.root, 'db.config.ts'), ...args, '--url', url], project.root, environment);
  const findings = ({ stdout }: Ended): Readonly<Record<string, { readonly verdict: string; readonly text: string }>> =>
    Object.fromEntries(JSON.parse(stdout).domains[0].findings.map((one: { check: string }) => [one.check, one]));
  const start = async () => {
    const project = await createProject({ [A]: SHOP });
    await project.writeConfig();
    return project;
  };

  test('a good database gets no complaint', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    const ended = await db(project, database.url, ['doctor', '--json']);
    expect(ended.exit).toBe(0);
    const found = findings(ended);
    expect(Object.entries(found).filter(([, { verdict }]) => verdict !== 'ok')).toEqual([]);
    expect(found['version']?.text).toMatch(new RegExp(`^PostgreSQL ${version}\\.`));
  });

  test('what a migration would stumble over is named: INVALID index, old transaction, shadowed table, settings', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    await database.sql`INSERT INTO shop.orders VALUES (1), (2)`;
    await expect(
      database.sql`CREATE UNIQUE INDEX CONCURRENTLY broken ON shop.orders ((id / 10))`,
    ).rejects.toMatchObject({ code: '23505' });
    await database.sql`CREATE TABLE public.orders (id int)`;
    const name = new URL(database.url).pathname.slice(1);
    await database.sql.unsafe(`ALTER DATABASE "${name}" SET statement_timeout = '5s'`);
    const ended = await db(project, database.url, ['doctor', '--json']);
    expect(ended.exit).toBe(0);
    const found = findings(ended);
    expect(found['indexes']).toMatchObject({ verdict: 'warn', text: expect.stringContaining('INVALID: shop.broken') });
    expect(found['search_path']).toMatchObject({ verdict: 'warn', text: expect.stringContaining('orders') });
    expect(found['timeouts']?.text).toContain('statement_timeout=5s');
    expect((await db(project, database.url, ['doctor'])).stdout).toMatch(/^warn {2}indexes/m);
  });

  test('a role that may not create exits 2 and is told what to do', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    const role = `poor_${new URL(database.url).pathname.slice(1, 40)}`;
    await database.sql.unsafe(`CREATE ROLE "${role}" LOGIN PASSWORD 'p'`);
    try {
      const url = new URL(database.url);
      [url.username, url.password] = [role, 'p'];
      const ended = await db(project, url.href, ['doctor', '--json']);
      expect(ended.exit).toBe(2);
      expect(findings(ended)['permissions']).toMatchObject({
        verdict: 'no',
        text: expect.stringContaining('roles apply'),
      });
    } finally {
      await database.sql.unsafe(`DROP ROLE "${role}"`);
    }
  });

  test('a database that lets nobody write says so before a migration finds out', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    const name = new URL(database.url).pathname.slice(1);
    await database.sql.unsafe(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const ended = await db(project, database.url, ['doctor', '--json']);
    expect(ended.exit).toBe(2);
    expect(findings(ended)['writable']).toMatchObject({ verdict: 'no' });
  });

  test('reset drops the domain and its history, for the named database only, and the next migrate makes it anew', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    await database.sql`CREATE TABLE public.mine (id int)`;
    const name = new URL(database.url).pathname.slice(1);
    for (const args of [['reset'], ['reset', '--confirm', 'other']]) {
      expect(await db(project, database.url, args)).toMatchObject({
        exit: 4,
        stderr: expect.stringContaining('DB_RESET'),
      });
    }
    expect([...(await database.sql`SELECT name FROM migrations.applied`)]).toEqual([{ name: A }]);
    expect(await db(project, database.url, ['reset', '--confirm', name])).toMatchObject({ exit: 0 });
    expect([
      ...(await database.sql`SELECT to_regnamespace('shop') AS shop, to_regclass('mine')::text AS mine`),
    ]).toEqual([{ shop: null, mine: 'mine' }]);
    expect((await project.migrate(database.url)).applied).toHaveLength(1);
    expect((await db(project, database.url, ['drift'])).exit).toBe(0);
  });

  test('reset is refused on production, whatever is typed, and on a host that nobody has said to be for development', async () => {
    await using database = await emptyDatabase(server);
    await using project = await start();
    await project.migrate(database.url);
    await db(project, database.url, ['mark', 'production', '--yes']);
    const name = new URL(database.url).pathname.slice(1);
    expect(await db(project, database.url, ['reset', '--confirm', name])).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('DB_PRODUCTION'),
    });
    const remote = 'postgres://u:p@db.example.com/app';
    expect(await db(project, remote, ['reset', '--confirm', 'app'])).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('DB_RESET_HOSTS=db.example.com'),
    });
    expect([...(await database.sql`SELECT name FROM migrations.applied`)]).toEqual([{ name: A }]);
  });

  const strangers: readonly (readonly [string, string, Readonly<Record<string, string>>, string])[] = [
    ['the parameter host', 'postgres://u:p@localhost/app?host=db.example.com', {}, 'db.example.com'],
    ['one of several hosts', 'postgres://u:p@localhost/app?host=localhost,db.example.com', {}, 'db.example.com'],
    ['PGHOST, where the URL has none', 'postgres:///app', { PGHOST: 'db.example.com' }, 'db.example.com'],
    ['the socket of a proxy', 'postgres://u:p@localhost/app?host=/cloudsql/p:r:i', {}, '/cloudsql/p:r:i'],
  ];

  test.each(strangers)(
    'reset is refused where the host of another machine stands in %s',
    async (_, url, environment, host) => {
      await using project = await start();
      const ended = await db(project, url, ['reset', '--confirm', 'app', '--json'], environment);
      expect(JSON.parse(ended.stdout), ended.stdout).toMatchObject({
        code: 'DB_RESET',
        error: { message: `${host} is not this machine`, changed: 'nothing was changed' },
      });
      expect(ended.exit).toBe(4);
    },
  );
});
