import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import type { Rehearsal } from '../src/rehearse/report.ts';
import { cents, FIRST, ORDERS } from './support/orders.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain, startMain } from './support/run-main.ts';

const WIDEN = '20260102000000_widen';
const INDEX = '20260103000000_index';
const FILLED = '20260104000000_filled';
const SLOW = `-- Keeps the table for 400 ms.
ALTER TABLE shop.orders ADD COLUMN sent boolean NOT NULL DEFAULT false;
SELECT pg_sleep(0.4);`;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a statement that keeps a table is told by its lock, its rewrite and the wait of those behind it', async () => {
    await using project = await createProject({ [FIRST]: ORDERS });
    await using shop = await createShop(server, project, 3_000);
    await project.write(WIDEN, `${SLOW}\nALTER TABLE shop.orders ALTER COLUMN total TYPE bigint;`);
    const before = await state(shop);
    const { exit, report, left } = await rehearse(project, shop, ['--budget-ms', '150', '--control', '1']);
    expect(report.copy).toMatchObject({ how: 'clone', why: null });
    const [migration] = report.migrations;
    const [add, pause, widen] = migration?.statements ?? [];
    expect(add).toMatchObject({
      number: 1,
      rewrites: [],
      locks: [{ relation: 'shop.orders', mode: 'ACCESS EXCLUSIVE' }],
    });
    expect(add?.locks[0]?.heldMs).toBeGreaterThan(400);
    expect(add?.ms).toBeLessThan(300);
    expect(pause?.ms).toBeGreaterThanOrEqual(400);
    expect(widen?.rewrites).toMatchObject([{ relation: 'shop.orders' }]);
    expect(widen?.rewrites[0]?.bytes).toBeGreaterThan(100_000);
    expect(widen?.walBytes).toBeGreaterThan(100_000);
    // Everybody waits behind it, writers and readers.
    expect(migration?.longestWait).toMatchObject({ table: 'shop.orders' });
    expect(migration?.longestWait?.ms).toBeGreaterThan(300);
    expect(report.probed).toMatchObject([{ table: 'shop.orders', operations: ['update', 'read'] }]);
    // A change of type breaks the statements that clients have prepared.
    expect(report.probed[0]?.errors['0A000']).toBeGreaterThan(0);
    expect({ exit, over: report.budget?.over, left }).toEqual({ exit: 2, over: [WIDEN], left: [] });
    expect(await state(shop)).toEqual(before);
  });

  test('a concurrent build and a backfill hold nobody up, and their rows, log and locks are told', async () => {
    await using project = await createProject({ [FIRST]: ORDERS }, [cents]);
    await using shop = await createShop(server, project, 3_000);
    await project.write(
      INDEX,
      '-- db: no-transaction\nCREATE INDEX CONCURRENTLY idx_orders_total ON shop.orders (total);',
    );
    await project.write(FILLED, '-- db: after-backfill cents\nALTER TABLE shop.orders ADD COLUMN closed boolean;');
    const { exit, report } = await rehearse(project, shop, ['--budget-ms', '1000']);
    expect(exit).toBe(0);
    expect(report.migrations.map(({ name, how }) => [name, how])).toEqual([
      [INDEX, 'statement by statement'],
      [FILLED, 'transaction'],
    ]);
    const [build] = report.migrations[0]?.statements ?? [];
    expect(build).toMatchObject({ number: 1, rewrites: [], rowsChanged: null });
    expect(build?.locks.map(({ mode }) => mode)).not.toContain('ACCESS EXCLUSIVE');
    expect(report.migrations[1]?.backfills).toMatchObject([{ name: 'cents', rows: 3_000 }]);
    expect(report.migrations[1]?.backfills[0]?.walBytes).toBeGreaterThan(100_000);
    expect(await shop.ask('SELECT count(cents)::int AS filled FROM shop.orders')).toEqual([{ filled: 0 }]);
  });

  test('a replay has rows in the proportions of the source, and its NULLs: what would fail there fails here', async () => {
    await using project = await createProject({
      [FIRST]: `${ORDERS}; CREATE TABLE shop.notes (id int PRIMARY KEY, body text)`,
    });
    await using shop = await createShop(server, project, 4_000);
    await shop.ask('INSERT INTO shop.notes SELECT g, NULL FROM generate_series(1, 1000) g; ANALYZE');
    await project.write(
      WIDEN,
      'UPDATE shop.orders SET note = total::text; ALTER TABLE shop.notes ALTER body SET NOT NULL;',
    );
    const { exit, report, left } = await rehearse(project, shop, ['--rows', '400', '--scratch-url', server]);
    expect(report.copy).toMatchObject({ how: 'replay', generated: { 'shop.orders': 400, 'shop.notes': 100 } });
    expect(report.failed).toMatchObject({ code: 'DB_DATA' });
    expect(report.failed?.message).toContain('must not be NULL');
    expect({ exit, left }).toEqual({ exit: 2, left: [] });
    await project.write(WIDEN, 'UPDATE shop.orders SET note = total::text;');
    const again = await rehearse(project, shop, ['--rows', '400', '--scratch-url', server]);
    expect(again.report.migrations[0]?.statements).toMatchObject([{ rowsChanged: 400 }]);
  });
});

const newest = testServers().at(-1)?.url ?? '';

test('a database that is marked as production is not copied beside itself', async () => {
  await using project = await createProject({ [FIRST]: ORDERS });
  await using shop = await createShop(newest, project, 10);
  await shop.ask("INSERT INTO migrations.settings (key, value) VALUES ('production', 'true')");
  await project.write(WIDEN, SLOW);
  const refused = await runMain(args(shop, []), project.root);
  expect(refused.exit).toBe(4);
  expect(refused.stderr).toContain('DB_PRODUCTION');
  const { exit, report } = await rehearse(project, shop, ['--scratch-url', newest]);
  expect([exit, report.copy?.how]).toEqual([0, 'replay']);
});

test('an interruption drops the copy, and after a kill the next run does', async () => {
  await using project = await createProject({ [FIRST]: ORDERS });
  await using shop = await createShop(newest, project, 10);
  await project.write(WIDEN, 'ALTER TABLE shop.orders ADD COLUMN sent boolean; SELECT pg_sleep(30);');
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const { child, ended } = startMain(args(shop, []), project.root);
    const copies = () => copiesOf(newest, child.pid);
    await until(async () => {
      const [copy] = await copies();
      const asleep = `SELECT FROM pg_stat_activity WHERE datname = '${copy}' AND wait_event = 'PgSleep'`;
      return copy !== undefined && (await askOnce(newest, asleep)).length === 1;
    });
    child.kill(signal);
    const { exit } = await ended;
    expect({ exit, copies: (await copies()).length }).toEqual(
      signal === 'SIGINT' ? { exit: 130, copies: 0 } : { exit: null, copies: 1 },
    );
    if (signal === 'SIGINT') continue;
    await project.write(WIDEN, 'ALTER TABLE shop.orders ADD COLUMN sent boolean;');
    expect((await rehearse(project, shop, [])).exit).toBe(0);
    expect(await copies()).toEqual([]);
  }
});

test('where others are connected it says who, and the copy is a replay on a local server; markdown says the verdict', async () => {
  await using project = await createProject({ [FIRST]: ORDERS });
  await using shop = await createShop(newest, project, 100);
  await project.write(WIDEN, SLOW);
  const other = postgres(shop.url, { max: 1, connection: { application_name: 'till' } });
  await other`SELECT 1`;
  const { exit, stdout, stderr } = await runMain(args(shop, ['--format', 'markdown']), project.root);
  await other.end();
  expect(exit).toBe(0);
  expect(stderr).toContain('till (1)');
  expect(stdout).toMatch(
    /^### Rehearsal\n\n\*\*shop\*\* on replayed migrations with generated rows, PostgreSQL \d+\. Longest wait: \*\*\d+ ms \((update|read) of shop\.orders\)/,
  );
  expect(stdout).toContain(`| ✅ ${WIDEN} |`);
  expect(stdout).toMatch(
    /\| 1 \| `ALTER TABLE shop\.orders ADD COLUMN .*` \|.*ACCESS EXCLUSIVE on shop\.orders for \d+ ms/,
  );
});

/** A database that nobody is connected to but while it is asked: only such a one can be cloned. */
interface Shop extends AsyncDisposable {
  readonly url: string;
  ask(text: string): Promise<readonly Record<string, unknown>[]>;
}

async function createShop(server: string, project: Project, rows: number): Promise<Shop> {
  const database = await createTestDatabase(undefined, { server });
  await project.writeConfig();
  await project.migrate(database.url);
  const ask = (text: string) => askOnce(database.url, text);
  await ask(`INSERT INTO shop.orders (total) SELECT n FROM generate_series(1, ${rows}) n`);
  return { url: database.url, ask, [Symbol.asyncDispose]: () => database.drop() };
}

async function askOnce(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

const args = ({ url }: Shop, more: readonly string[]) => ['rehearse', '--url', url, '--control', '0', ...more];

/** Runs the command, and looks afterwards for what it has left on the server. */
async function rehearse(project: Project, shop: Shop, more: readonly string[]) {
  const { child, ended } = startMain(args(shop, ['--json', ...more]), project.root);
  const { exit, stdout, stderr } = await ended;
  const parsed = JSON.parse(stdout) as { readonly domains: readonly Rehearsal[] };
  const [report] = parsed.domains;
  if (report === undefined) throw new Error(`expected a report, got ${stdout} ${stderr}`);
  return { exit, report, left: await copiesOf(shop.url, child.pid) };
}

/** Databases that a process has made and not dropped, by their names. */
async function copiesOf(url: string, pid: number | undefined): Promise<readonly unknown[]> {
  const rows = await askOnce(url, 'SELECT datname FROM pg_database');
  return rows.map(({ datname }) => String(datname)).filter((name) => name.split('_')[3] === (pid ?? 0).toString(36));
}

const state = ({ ask }: Shop) =>
  ask(`SELECT (SELECT count(*) FROM migrations.applied) AS applied, (SELECT sum(total) FROM shop.orders) AS total,
    (SELECT count(*) FROM pg_attribute WHERE attrelid = 'shop.orders'::regclass) AS columns`);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('it did not come true within 30 s');
}
