import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import type { Sql } from 'postgres';
import { describe, expect, test } from 'vitest';
import type { Backfill } from '../src/config.ts';
import { driftDomain } from '../src/drift/drift-domain.ts';
import {
  parseTarget,
  previewRollback,
  type RollbackExtent,
  type RollbackOptions,
  readCatalog,
  rollbackDomain,
  statusDomain,
} from '../src/index.ts';
import { lockName } from '../src/lock/try-lock.ts';
import { createCuttingProxy } from './support/cutting-proxy.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain, startMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const C = '20260103000000_c';
const UPS = {
  [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int, total int); INSERT INTO shop.orders SELECT n, n FROM generate_series(1, 100) n',
  [B]: 'ALTER TABLE shop.orders ADD COLUMN b int',
  [C]: 'CREATE INDEX idx_orders_b ON shop.orders (b)',
};
const DOWNS = {
  [A]: 'DROP TABLE shop.orders; DROP SCHEMA shop',
  [B]: '-- Loses: b.\nALTER TABLE shop.orders DROP COLUMN b',
  [C]: 'DROP INDEX shop.idx_orders_b',
};
const ALL: RollbackExtent = { kind: 'all' };
const steps = (count: number): RollbackExtent => ({ kind: 'steps', count });

async function createShop(
  downs: Readonly<Record<string, string>> = DOWNS,
  ups: Readonly<Record<string, string>> = UPS,
  backfills: readonly Backfill[] = [],
): Promise<Project> {
  const project = await createProject(ups, backfills);
  for (const [name, sql] of Object.entries(downs)) await writeDown(project, name, sql);
  return project;
}
function writeDown(project: Project, name: string, sql: string): Promise<void> {
  return writeFile(join(project.root, 'migrations', name, 'down.sql'), sql);
}
function rollback(project: Project, url: string, extent: RollbackExtent, rest: Partial<RollbackOptions> = {}) {
  return rollbackDomain(project.domain, { root: project.root, target: parseTarget(url, 'test'), extent, ...rest });
}
/** Everything that a rollback could touch. */
async function everything(sql: Sql): Promise<unknown> {
  const tables = ['applied', 'steps', 'backfills', 'journal', 'catalogs'];
  const history = tables.map(async (table) => [
    ...(await sql.unsafe(`SELECT * FROM migrations.${table} ORDER BY 1, 2`)),
  ]);
  return [await readCatalog(sql, ['shop', 'migrations']), await Promise.all(history)];
}
async function applied(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`SELECT name FROM migrations.applied ORDER BY name`;
  return rows.map(({ name }) => name);
}
async function indexes(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'shop' ORDER BY indexname`;
  return rows.map(({ name }) => name);
}
function db(project: Project, database: Database, ...args: readonly string[]) {
  return runMain(['--config', join(project.root, 'db.config.ts'), ...args], project.root, {
    DATABASE_URL: database.url,
  });
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('steps, to and all undo what they say, newest first, and the history and the journal agree', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop();
    await project.migrate(url);
    expect((await rollback(project, url, steps(1))).rolledBack).toMatchObject([{ name: C, ms: expect.any(Number) }]);
    expect(await applied(sql)).toEqual([A, B]);
    expect(await indexes(sql)).toEqual([]);
    await project.migrate(url);
    expect((await rollback(project, url, { kind: 'to', name: A })).rolledBack.map(({ name }) => name)).toEqual([C, B]);
    expect((await rollback(project, url, { kind: 'to', name: A })).rolledBack).toEqual([]);
    expect(await sql`SELECT count(*)::int AS n FROM shop.orders`).toEqual([{ n: 100 }]);
    const target = parseTarget(url, 'test');
    expect(await driftDomain(project.domain, target)).toMatchObject({ state: 'compared', differences: [] });
    await project.migrate(url);
    expect((await rollback(project, url, ALL)).rolledBack.map(({ name }) => name)).toEqual([C, B, A]);
    expect((await rollback(project, url, ALL)).rolledBack).toEqual([]);
    expect(await sql`SELECT to_regnamespace('shop') AS shop`).toEqual([{ shop: null }]);
    expect(
      await sql`SELECT name, detail->>'down' AS down FROM migrations.journal WHERE event = 'rolled back' AND name = ${A}`,
    ).toEqual([{ name: A, down: 'history' }]);
    expect((await project.migrate(url)).applied.map(({ name }) => name)).toEqual([A, B, C]);
  });

  test('a database without a history has nothing to undo, and gets none', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    expect((await rollback(project, database.url, ALL)).rolledBack).toEqual([]);
    expect(await database.sql`SELECT to_regnamespace('migrations') AS history`).toEqual([{ history: null }]);
  });

  test.each<[string, Readonly<Record<string, string>>, (project: Project) => Promise<void>]>([
    ['DB_DOWN_MISSING', { [B]: DOWNS[B], [C]: DOWNS[C] }, async () => {}],
    ['DB_DOWN_DIFFERS', DOWNS, (project) => writeDown(project, A, 'DROP SCHEMA shop CASCADE')],
    ['DB_IRREVERSIBLE', { ...DOWNS, [A]: '-- db: irreversible: the rows came from elsewhere' }, async () => {}],
  ])('%s refuses all steps, and nothing is touched', async (code, downs, change) => {
    await using database = await emptyDatabase(server);
    await using project = await createShop(downs);
    await project.migrate(database.url);
    await change(project);
    const before = await everything(database.sql);
    // Only the last of the three steps has no way back.
    await expect(rollback(project, database.url, ALL)).rejects.toMatchObject({
      code,
      exit: 4,
      message: expect.stringContaining(A),
      facts: { domain: 'shop', changed: 'nothing was changed' },
    });
    expect(await everything(database.sql)).toEqual(before);
    expect((await rollback(project, database.url, steps(2))).rolledBack).toHaveLength(2);
  });

  test('the stored down undoes what this build does not have: migrations of a newer one, and a file whose down is gone', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    await project.migrate(database.url);
    await project.remove(C);
    await rm(join(project.root, 'migrations', B, 'down.sql'));
    expect((await rollback(project, database.url, steps(2))).rolledBack.map(({ name }) => name)).toEqual([C, B]);
    expect(await indexes(database.sql)).toEqual([]);
    expect((await project.migrate(database.url)).applied.map(({ name }) => name)).toEqual([B]);
  });

  test("a migration that was applied before its down was written is undone by the file's, and the journal says so", async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop({});
    await project.migrate(database.url);
    await expect(rollback(project, database.url, steps(1))).rejects.toMatchObject({ code: 'DB_DOWN_MISSING' });
    await writeDown(project, C, DOWNS[C]);
    await rollback(project, database.url, steps(1));
    expect(await indexes(database.sql)).toEqual([]);
    expect(
      await database.sql`SELECT detail->>'down' AS down FROM migrations.journal WHERE event = 'rolled back'`,
    ).toEqual([{ down: 'file' }]);
  });

  test('a down that fails leaves its migration applied, whole, and says where; those before it stay undone', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop({ ...DOWNS, [B]: 'ALTER TABLE shop.orders DROP COLUMN b;\n\nSELECT 1 / 0' });
    await project.migrate(database.url);
    await expect(rollback(project, database.url, ALL)).rejects.toMatchObject({
      code: 'DB_DOWN_STATEMENT',
      exit: 1,
      fix: expect.stringContaining('go on with `pnpm db rollback --domain shop --all`'),
      facts: {
        at: `migrations/${B}/down.sql:3`,
        sqlState: '22012',
        changed: `1 of 3 migrations are undone; ${B} is still applied, whole`,
      },
    });
    expect(await applied(database.sql)).toEqual([A, B]);
    expect(await database.sql`SELECT b FROM shop.orders LIMIT 1`).toEqual([{ b: null }]);
    expect(await database.sql`SELECT name FROM migrations.journal WHERE event = 'rollback failed'`).toEqual([
      { name: B },
    ]);
  });

  test('a down gives way to users: behind a long reader nothing is changed, and the reader goes on', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop({ ...DOWNS, [B]: `-- db: lock-budget 1\n${DOWNS[B]}` });
    await project.migrate(database.url, { to: B });
    const reader = await database.sql.reserve();
    await reader`BEGIN`;
    await reader`SELECT * FROM shop.orders`;
    await expect(rollback(project, database.url, steps(1))).rejects.toMatchObject({ code: 'DB_LOCK_TIMEOUT', exit: 5 });
    expect(await reader`SELECT b FROM shop.orders LIMIT 1`).toEqual([{ b: null }]);
    await reader`COMMIT`;
    reader.release();
    expect(await applied(database.sql)).toEqual([A, B]);
    expect((await rollback(project, database.url, steps(1))).rolledBack).toHaveLength(1);
  });

  test('a connection that is lost on the way names the command that goes on, which undoes no more than was asked', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop({ ...DOWNS, [B]: `SELECT pg_sleep(60);\n${DOWNS[B]}` });
    await project.migrate(url);
    const lost = rollback(project, url, steps(2));
    lost.catch(() => {});
    await until(async () => {
      const [row] = await sql`SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()`;
      return row?.['ended'] === true;
    });
    await expect(lost).rejects.toMatchObject({
      code: 'DB_CONNECTION_LOST',
      fix: expect.stringContaining(`\`pnpm db rollback --domain shop --to ${A}\``),
      facts: { changed: expect.stringContaining('at least 1 of 2') },
    });
    expect(await applied(sql)).toEqual([A, B]);
  });

  test('cut behind its last step, a rollback is recorded by the next one, which has nothing more to undo', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    await project.migrate(database.url);
    const toA: RollbackExtent = { kind: 'to', name: A };
    const recordsItsEnd = (sql: string) => sql.trim().startsWith('INSERT INTO migrations.catalogs (domain, expected');
    await using proxy = await createCuttingProxy(database.url, {
      at: ({ sql }) => (recordsItsEnd(sql) ? 'before' : undefined),
    });
    await expect(rollback(project, proxy.url, toA)).rejects.toMatchObject({ code: 'DB_CONNECTION_LOST' });
    expect(await applied(database.sql)).toEqual([A]);
    await gone(database.sql);
    expect((await rollback(project, database.url, toA)).rolledBack).toEqual([]);
    const target = parseTarget(database.url, 'test');
    expect(await driftDomain(project.domain, target)).toMatchObject({ state: 'compared', differences: [] });
  });

  test('backfills of an undone migration run again with the next way up', async () => {
    const cents: Backfill = {
      name: 'cents',
      rule: 'b = total × 100',
      table: 'shop.orders',
      key: { column: 'id', type: 'integer' },
      batch:
        'UPDATE shop.orders SET b = total * 100 WHERE b IS NULL AND ($1::int IS NULL OR id > $1) AND id <= $2::int',
      remaining: 'SELECT count(*) FROM shop.orders WHERE b IS NULL',
    };
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop(DOWNS, { ...UPS, [C]: `-- db: after-backfill cents\n${UPS[C]}` }, [cents]);
    await project.migrate(url);
    await rollback(project, url, { kind: 'to', name: A });
    expect(await sql`SELECT * FROM migrations.backfills`).toEqual([]);
    await project.migrate(url);
    expect(await sql`SELECT sum(b)::int AS sum FROM shop.orders`).toEqual([{ sum: 505_000 }]);
    expect(await sql`SELECT rows_done::int AS rows FROM migrations.backfills`).toEqual([{ rows: 100 }]);
  });

  const STEPPED = {
    ups: {
      ...UPS,
      [C]: 'CREATE INDEX idx_orders_b ON shop.orders (b); CREATE INDEX idx_orders_id ON shop.orders (id)',
    },
    downs: {
      ...DOWNS,
      [C]: `-- db: no-transaction
INSERT INTO shop.orders VALUES (1000);
DROP INDEX CONCURRENTLY shop.idx_orders_b;
SELECT 1 / (SELECT count(*) FROM shop.orders WHERE id = 2000);
DROP INDEX CONCURRENTLY shop.idx_orders_id;`,
    },
  };

  test('a no-transaction down that fails midway is half undone: migrate refuses, and the next rollback goes on after what is done', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop(STEPPED.downs, STEPPED.ups);
    await project.migrate(url);
    await expect(rollback(project, url, ALL)).rejects.toMatchObject({ code: 'DB_STEP', exit: 1 });
    expect(await applied(sql)).toEqual([A, B, C]);
    expect(await indexes(sql)).toEqual(['idx_orders_id']);
    const { migrations } = await statusDomain(project.domain, project.root, parseTarget(url, 'test'));
    expect(migrations.map(({ state }) => state)).toEqual(['applied', 'applied', 'half undone']);
    await expect(project.migrate(url)).rejects.toMatchObject({ code: 'DB_HALF_DONE', exit: 4 });
    await sql`INSERT INTO shop.orders VALUES (2000)`;
    expect((await rollback(project, url, steps(1))).rolledBack).toMatchObject([{ name: C }]);
    expect(await indexes(sql)).toEqual([]);
    expect(await sql`SELECT count(*)::int AS n FROM shop.orders WHERE id = 1000`).toEqual([{ n: 1 }]);
    expect(await sql`SELECT * FROM migrations.steps`).toEqual([]);
    expect((await project.migrate(url)).applied.map(({ name }) => name)).toEqual([C]);
  });

  test('killed while an index is being dropped, and run again: the drop is finished, and nothing is done twice', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop(STEPPED.downs, STEPPED.ups);
    await project.writeConfig();
    await project.migrate(url);
    await sql`INSERT INTO shop.orders VALUES (2000)`;
    const writer = await sql.reserve();
    await writer`BEGIN`;
    await writer`INSERT INTO shop.orders VALUES (3)`;
    const flags = ['--config', join(project.root, 'db.config.ts'), 'rollback', '--steps', '1', '--url', url];
    const { child, ended } = startMain(flags, project.root);
    await begun(sql);
    child.kill('SIGKILL');
    expect((await ended).exit).toBe(null);
    await gone(sql);
    await writer`COMMIT`;
    writer.release();
    expect(
      await sql`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('shop.idx_orders_b')`,
    ).toEqual([{ valid: false }]);
    expect((await rollback(project, url, steps(1))).rolledBack).toMatchObject([{ name: C }]);
    expect(await indexes(sql)).toEqual([]);
    expect(await sql`SELECT count(*)::int AS n FROM shop.orders WHERE id = 1000`).toEqual([{ n: 1 }]);
    expect(await applied(sql)).toEqual([A, B]);
  });

  test('a way up that is half done must be finished before anything is undone under it', async () => {
    await using database = await emptyDatabase(server);
    const broken = '-- db: no-transaction\nCREATE INDEX CONCURRENTLY idx_orders_b ON shop.orders (b);\nSELECT 1 / 0;';
    await using project = await createShop(DOWNS, { ...UPS, [C]: broken });
    await expect(project.migrate(database.url)).rejects.toMatchObject({ code: 'DB_STEP' });
    const before = await everything(database.sql);
    await expect(rollback(project, database.url, ALL)).rejects.toMatchObject({ code: 'DB_HALF_DONE', exit: 4 });
    expect(await everything(database.sql)).toEqual(before);
  });

  test('two people who undo the last step at once undo it once; one who saw an older history undoes nothing', async () => {
    await using database = await emptyDatabase(server);
    const { sql, url } = database;
    await using project = await createShop();
    await project.migrate(url);
    const lock = await sql.reserve();
    const takeLock = () => lock`SELECT pg_advisory_lock(hashtextextended(${lockName.domain('shop')}, 0))`;
    const giveLock = () => lock`SELECT pg_advisory_unlock_all()`;
    const waiting = () => {
      const seen = Promise.withResolvers<void>();
      const done = rollback(project, url, steps(1), {
        onEvent: ({ type }) => void (type === 'waiting' && seen.resolve()),
      });
      done.catch(() => {});
      return { done, seen: seen.promise };
    };
    await takeLock();
    const both = [waiting(), waiting()];
    await Promise.all(both.map(({ seen }) => seen));
    await giveLock();
    const results = await Promise.all(both.map(({ done }) => done));
    expect(results.flatMap(({ rolledBack }) => rolledBack.map(({ name }) => name))).toEqual([C]);
    await takeLock();
    const late = waiting();
    await late.seen;
    await sql`INSERT INTO migrations.applied (domain, name, checksum) VALUES ('shop', '20260104000000_d', 'x')`;
    await giveLock();
    await expect(late.done).rejects.toMatchObject({ code: 'DB_ROLLBACK_STALE', exit: 4 });
    expect(await applied(sql)).toEqual([A, B, '20260104000000_d']);
    lock.release();
  });

  test('on production everything of a domain is undone only where the database is named, by --all as by --steps', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    await project.writeConfig();
    await project.migrate(database.url);
    await db(project, database, 'mark', 'production', '--yes');
    for (const flags of [['--all'], ['--steps', '3'], ['--all', '--confirm', 'another']]) {
      const refused = await db(project, database, 'rollback', ...flags);
      expect(refused).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_PRODUCTION') });
    }
    expect(await applied(database.sql)).toEqual([A, B, C]);
    expect((await db(project, database, 'rollback', '--steps', '1')).exit).toBe(0);
    const name = new URL(database.url).pathname.slice(1);
    expect((await db(project, database, 'rollback', '--all', '--confirm', name)).exit).toBe(0);
    expect(await applied(database.sql)).toEqual([]);
  });

  test('the command says its target, a line a step, one JSON object; a dry run prints the SQL and changes nothing', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    await project.writeConfig();
    await project.migrate(database.url);
    const before = await everything(database.sql);
    const dry = await db(project, database, 'rollback', '--to', A, '--dry-run');
    expect(dry).toMatchObject({ exit: 0, stderr: expect.stringContaining(parseTarget(database.url, 'test').label) });
    expect(dry.stdout).toContain(`${DOWNS[C]}\n\n-- shop ${B}`);
    expect(dry.stdout).toContain('-- Loses: b.');
    const json = JSON.parse((await db(project, database, 'rollback', '--all', '--dry-run', '--json')).stdout);
    expect(json.domains[0].wouldRollBack).toEqual(
      await previewRollback(project.domain, {
        root: project.root,
        target: parseTarget(database.url, 'test'),
        extent: ALL,
      }),
    );
    expect(await everything(database.sql)).toEqual(before);
    const done = await db(project, database, 'rollback', '--steps', '2', '--json');
    expect(done.exit).toBe(0);
    expect(done.stderr).toMatch(new RegExp(`→ .*2 migrations to roll back\\n.*${C}  \\d+ ms\\n.*${B}  \\d+ ms`));
    expect(JSON.parse(done.stdout)).toMatchObject({
      version: 1,
      command: 'rollback',
      ok: true,
      domains: [{ domain: 'shop', rolledBack: [{ name: C }, { name: B }] }],
    });
    expect((await db(project, database, 'rollback', '--all')).stdout).toBe('shop: rolled back 1\n');
    expect((await db(project, database, 'rollback', '--all')).stdout).toBe('shop: nothing to roll back\n');
  });

  test('several domains: --all asks every one before the first is touched; --steps and --to want one of them named', async () => {
    await using database = await emptyDatabase(server);
    await using project = await createShop();
    await using other = await createShop({}, { [A]: 'CREATE SCHEMA other' });
    await writeFile(join(project.root, 'db.config.ts'), twoDomains(relative(project.root, other.root)));
    expect((await db(project, database, 'migrate')).exit).toBe(0);
    for (const flags of [
      ['--steps', '1'],
      ['--to', A],
    ])
      expect(await db(project, database, 'rollback', ...flags)).toMatchObject({
        exit: 64,
        stderr: expect.stringContaining('--domain'),
      });
    const before = await everything(database.sql);
    const refused = await db(project, database, 'rollback', '--all');
    expect(refused).toMatchObject({ exit: 4, stderr: expect.stringContaining('DB_DOWN_MISSING') });
    expect(await everything(database.sql)).toEqual(before);
    expect((await db(project, database, 'rollback', '--steps', '1', '--domain', 'shop')).exit).toBe(0);
  });
});

test('without one of the three forms the command says which there are', async () => {
  await using project = await createShop();
  await project.writeConfig();
  const run = (...args: readonly string[]) =>
    runMain(['rollback', ...args], project.root, { DATABASE_URL: 'postgres://u@127.0.0.1:1/d' });
  for (const flags of [[], ['--all', '--steps', '1']])
    expect(await run(...flags)).toMatchObject({
      exit: 64,
      stderr: expect.stringMatching(/--steps <n>.*--to <name>.*--all/),
    });
  for (const count of ['0', '-1', 'all', '1.5']) expect((await run('--steps', count)).exit).toBe(64);
});

test('a down that is no good SQL is refused before its migration is applied', async () => {
  await using database = await emptyDatabase(testServers().at(-1)?.url ?? '');
  await using project = await createShop({ ...DOWNS, [B]: 'ALTER TABEL shop.orders' });
  await expect(project.migrate(database.url)).rejects.toMatchObject({
    code: 'DB_FILE_SYNTAX',
    exit: 4,
    facts: { at: `migrations/${B}/down.sql:1:7` },
  });
  expect(await database.sql`SELECT to_regnamespace('shop') AS shop`).toEqual([{ shop: null }]);
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(20);
}

/** Waits until a concurrent drop of ours waits for somebody. */
async function begun(sql: Sql): Promise<void> {
  const waiting = () => sql`SELECT FROM pg_stat_activity WHERE datname = current_database()
    AND query LIKE 'DROP INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'`;
  await until(async () => (await waiting()).length > 0);
}

/** Waits until the server has noticed that the rollback is gone. */
async function gone(sql: Sql): Promise<void> {
  const ours = () =>
    sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'db rollback%'`;
  await until(async () => (await ours()).length === 0);
}

function twoDomains(other: string): string {
  const domain = (name: string, folder: string) =>
    `{ name: '${name}', schema: '${name}', migrations: '${folder}migrations', generator: 'x', load: async () => ({ schema: {}, objects: [], backfills: [], seed }) }`;
  return `const seed = { reference: async () => [], missing: async () => [], demo: async () => [] };
export default { domains: [${domain('other', `${other}/`)}, ${domain('shop', '')}] };`;
}
