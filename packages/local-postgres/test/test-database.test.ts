import { randomUUID } from 'node:crypto';
import { createTestDatabase, type DatabaseTemplate, testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { processStart } from '../src/owner/process-identity.ts';
import { templateDatabase } from '../src/test-database/names.ts';
import { cloneProcess } from './helpers/clone-process.ts';
import { query } from './helpers/query.ts';

/** A template of one table with one row, that counts how often it was built. */
function countedTemplate(name = `counted ${randomUUID()}`): DatabaseTemplate & { builds: number } {
  return {
    name,
    builds: 0,
    async build(url) {
      this.builds += 1;
      await query(url, 'create table things (id int primary key); insert into things values (1)');
    },
  };
}

const names = async (server: string): Promise<string[]> =>
  (await query(server, 'select datname from pg_database')).map((row) => String(row.datname));

test('the shared servers are the oldest and the newest major, oldest first, unless the environment says otherwise', async () => {
  const versions = testServers().map((server) => server.version);
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  await using database = await createTestDatabase();
  const [row] = await query(database.url, `select current_setting('server_version_num')::int / 10000 as major`);
  expect(row?.major).toBe(versions.at(-1));
});

describe.each(testServers())('test databases on PostgreSQL $version', ({ url: server }) => {
  test('two clones of one template see nothing of each other', async () => {
    const template = countedTemplate();
    await using one = await createTestDatabase(template, { server });
    await using two = await createTestDatabase(template, { server });
    await query(one.url, 'insert into things values (2)');
    expect(await query(two.url, 'select id from things')).toEqual([{ id: 1 }]);
    expect(template.builds).toBe(1);
  });

  test('eight callers at once: one builds the template, all get a full clone', async () => {
    const template = countedTemplate();
    const databases = await Promise.all(Array.from({ length: 8 }, () => createTestDatabase(template, { server })));
    expect(template.builds).toBe(1);
    const counts = await Promise.all(
      databases.map((database) => query(database.url, 'select count(*)::int as rows from things')),
    );
    expect(counts).toEqual(Array.from({ length: 8 }, () => [{ rows: 1 }]));
    await Promise.all(databases.map((database) => database.drop()));
  });

  test('four processes at once build a template once', async () => {
    const name = `across processes ${randomUUID()}`;
    const answers = await Promise.all(Array.from({ length: 4 }, () => cloneProcess({ server, name })));
    expect(answers.map((answer) => answer.builds).sort()).toEqual([0, 0, 0, 1]);
  });

  test('a template that fails to build leaves nothing, says why, and the next call tries again', async () => {
    const template = countedTemplate();
    const broken = {
      name: template.name,
      build: (url: string) => query(url, 'create table; broken').then(() => undefined),
    };
    await expect(createTestDatabase(broken, { server })).rejects.toMatchObject({
      code: 'LP_TEMPLATE_FAILED',
      message: expect.stringContaining('syntax error'),
    });
    expect(
      (await names(server)).filter((name) => name.startsWith('lp_building') && name.includes(process.pid.toString(36))),
    ).toEqual([]);
    await using database = await createTestDatabase(template, { server });
    expect(await query(database.url, 'select id from things')).toHaveLength(1);
  });

  test('a session that the build left open does not spoil the template', async () => {
    const open: { end(): Promise<void> }[] = [];
    const template: DatabaseTemplate = {
      name: `leaky ${randomUUID()}`,
      async build(url) {
        const { default: postgres } = await import('postgres');
        const sql = postgres(url, { max: 1, onclose: () => undefined });
        await sql`create table things as select 1 as id`;
        open.push(sql);
      },
    };
    await using database = await createTestDatabase(template, { server });
    expect(await query(database.url, 'select id from things')).toHaveLength(1);
    await Promise.all(open.map((sql) => sql.end()));
  });

  test('drop() ends open sessions, removes the database, and may be called twice', async () => {
    const database = await createTestDatabase(undefined, { server });
    const { default: postgres } = await import('postgres');
    const sql = postgres(database.url, { max: 1 });
    await sql`select 1`;
    await Promise.all([database.drop(), database.drop()]);
    expect(await names(server)).not.toContain(database.name);
    await sql.end();
  });

  test('nobody can connect to a template by accident', async () => {
    const template = countedTemplate();
    await using database = await createTestDatabase(template, { server });
    const url = new URL(database.url);
    url.pathname = `/${templateDatabase(template)}`;
    await expect(query(url.href, 'select 1')).rejects.toThrow('not currently accepting connections');
  });

  test('databases of a process that was killed are dropped by the next process, those of the living stay', async () => {
    const template = countedTemplate();
    const dead = await cloneProcess({ server, name: template.name, dies: true });
    expect(processStart(dead.pid)).toBeUndefined();
    await using mine = await createTestDatabase(template, { server });
    await cloneProcess({ server, name: template.name });
    const left = await names(server);
    expect(left).not.toContain(dead.database);
    expect(left).toContain(mine.name);
  });

  test('a role that may not create databases is told so', async () => {
    const role = `poor_${randomUUID().slice(0, 8)}`;
    await query(server, `create role ${role} login password 'pw'`);
    const url = new URL(server);
    Object.assign(url, { username: role, password: 'pw' });
    await expect(createTestDatabase(undefined, { server: url.href })).rejects.toMatchObject({
      code: 'LP_DATABASE_REFUSED',
      message: expect.stringContaining('CREATEDB'),
    });
    await query(server, `drop role ${role}`);
  });
});
