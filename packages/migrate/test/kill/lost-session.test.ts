import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { applyInSteps } from '../../src/apply/in-steps.ts';
import { openSession } from '../../src/connect/session.ts';
import { migrationFile } from '../../src/files/migration-file.ts';
import { parseMigration } from '../../src/files/parse-migration.ts';
import { loadGrammar, parseTarget } from '../../src/index.ts';
import { emptyDatabase } from '../support/database.ts';
import { createProject } from '../support/project.ts';
import { startMain } from '../support/run-main.ts';
import { migrating } from './acts.ts';
import { runAgain, sessionGone } from './interrupt.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const TABLE = 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int); INSERT INTO shop.orders VALUES (1)';
const BUILD = '-- db: no-transaction\nCREATE INDEX CONCURRENTLY orders_id_idx ON shop.orders (id)';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('the session of a killed migrator that waits in a long build is gone within 3 s, and the next run succeeds', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE, [B]: BUILD });
    await project.writeConfig();
    await project.migrate(db.url, { to: A });
    const old = await db.sql.reserve();
    await old`BEGIN`;
    await old`INSERT INTO shop.orders VALUES (2)`;
    const act = migrating(project);
    const { child, ended } = startMain(act.args, project.root, { DATABASE_URL: db.url });
    const waiting = () =>
      db.sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND query ~ '^CREATE INDEX' AND wait_event_type = 'Lock'`;
    while ((await waiting()).length === 0) {
      if (child.exitCode !== null) throw new Error((await ended).stderr);
      await sleep(20);
    }
    child.kill('SIGKILL');
    await ended;
    const url = () => db.url;
    expect(await sessionGone({ act, url })).toBeLessThan(3_000);
    await old`COMMIT`;
    old.release();
    await runAgain({ act, url });
    expect(await db.sql`SELECT indisvalid FROM pg_index WHERE indexrelid = 'shop.orders_id_idx'::regclass`).toEqual([
      { indisvalid: true },
    ]);
  });

  test('a session that is lost stays lost: nothing goes to a second one, which would hold no lock', async () => {
    await using db = await emptyDatabase(server);
    const session = await openSession(parseTarget(db.url, 'test'), { app: 'lost' });
    const [row] = await session.sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await db.sql`SELECT pg_terminate_backend(${row?.pid ?? 0})`;
    await sleep(100);
    expect(() => session.alive()).toThrow('closed the session');
    await expect(session.sql`SELECT 1`).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
    await expect(session.sql.begin(async () => {})).rejects.toMatchObject({ code: 'CONNECTION_ENDED' });
    expect(
      await db.sql`SELECT pid FROM pg_stat_activity WHERE application_name = 'lost' AND datname = current_database()`,
    ).toEqual([]);
    await session[Symbol.asyncDispose]();
  });

  test('a transaction in which a statement failed is not taken for committed', async () => {
    await using db = await emptyDatabase(server);
    await using session = await openSession(parseTarget(db.url, 'test'), { app: 'careless' });
    const careless = session.sql.begin(async (tx) => {
      await tx`SELECT 1 / 0`.catch(() => {});
    });
    await expect(careless).rejects.toMatchObject({ code: 'DB_BUG' });
  });

  test('two sessions that both believe to hold the lock run a data step once', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE });
    await project.migrate(db.url);
    await loadGrammar();
    const sql =
      '-- db: no-transaction\nINSERT INTO shop.orders SELECT 2 FROM pg_sleep(0.2);\nINSERT INTO shop.orders SELECT 3 FROM pg_sleep(0.2)';
    const migration = parseMigration(migrationFile({ name: B, path: B, sql, down: null }));
    const by = { domain: 'shop', appVersion: null, late: false };
    await using first = await openSession(parseTarget(db.url, 'test'), { app: 'first' });
    await using second = await openSession(parseTarget(db.url, 'test'), { app: 'second' });
    const ends = await Promise.allSettled([first, second].map((session) => applyInSteps(session, migration, by)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await db.sql`SELECT id FROM shop.orders ORDER BY id`).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  test('an INVALID index of a table that is named without its schema is found and built again', async () => {
    await using db = await emptyDatabase(server);
    const build =
      '-- db: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY orders_id_idx ON orders (id);\nDROP INDEX CONCURRENTLY orders_id_idx';
    await using project = await createProject({ [A]: `${TABLE}; INSERT INTO shop.orders VALUES (1)`, [B]: build });
    await db.sql.unsafe(`ALTER DATABASE "${new URL(db.url).pathname.slice(1)}" SET search_path = shop`);
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_STEP', facts: { sqlState: '23505' } });
    await db.sql`DELETE FROM shop.orders`;
    expect((await project.migrate(db.url)).applied).toMatchObject([{ name: B }]);
    expect(await db.sql`SELECT FROM pg_class WHERE relname = 'orders_id_idx'`).toEqual([]);
  });
});

test('a concurrent build without a name is refused: after a cut nobody would find it', async () => {
  await using db = await emptyDatabase(testServers().at(-1)?.url ?? '');
  await using project = await createProject({ [A]: TABLE, [B]: BUILD.replace('orders_id_idx ', '') });
  await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_FILE_UNNAMED', exit: 4 });
});

test('an address that takes connections and closes them is given up after the connect timeout', async () => {
  const balancer = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((ready) => balancer.once('listening', ready));
  const { port } = balancer.address() as AddressInfo;
  const target = { ...parseTarget(`postgres://u:p@127.0.0.1:${port}/app`, 'test'), connectTimeoutSeconds: 1 };
  await expect(openSession(target, { app: 'db migrate' })).rejects.toMatchObject({ code: 'DB_UNREACHABLE' });
  let late = 0;
  balancer.on('connection', () => (late += 1));
  await sleep(300);
  expect(late).toBeLessThan(3);
  balancer.close();
});
