import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { integer, pgSchema } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import { openSession } from '../src/connect/session.ts';
import { withRecordedCatalog } from '../src/drift/with-recorded-catalog.ts';
import { parseTarget, waitForSchema } from '../src/index.ts';
import { rollbackDomain } from '../src/rollback/rollback-domain.ts';
import { verifyDomain } from '../src/seeing/verify-domain.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const SHOP = `CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, total int DEFAULT 0 CHECK (total > 0));
  CREATE INDEX idx_orders_total ON shop.orders (total) WHERE total > 0; CREATE VIEW shop.totals AS SELECT total FROM shop.orders;`;

const orders = pgSchema('shop').table('orders', { id: integer('id').primaryKey() });
/** A domain that declares a table and a reference row. */
const declared = ({ domain }: Project) => ({
  ...domain,
  load: async () => ({
    ...(await domain.load()),
    schema: { orders },
    seed: {
      reference: async () => [],
      demo: async () => [],
      missing: async (sql: Database['sql']) =>
        (await sql`SELECT FROM shop.orders WHERE id = 1`).length === 0 ? ['orders 1'] : [],
    },
  }),
});
const verify = (project: Project, db: Database) =>
  verifyDomain(declared(project), project.root, parseTarget(db.url, 'test'));

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('behind is not ready, at head with its rows is, ahead is with a note', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'INSERT INTO shop.orders VALUES (1, 1)' });
    expect(await verify(project, db)).toMatchObject({ ready: false, code: 'DB_PENDING', applied: [] });
    await project.migrate(db.url, { to: A });
    expect(await verify(project, db)).toMatchObject({
      ready: false,
      code: 'DB_PENDING',
      findings: [`${B} is pending`, 'orders 1: reference row is missing'],
    });
    await project.migrate(db.url);
    expect(await verify(project, db)).toMatchObject({
      ready: true,
      code: 'OK',
      findings: [],
      notes: [],
      catalog: 'equal',
      applied: [A, B],
      tables: ['shop.orders'],
    });
    await project.remove(B);
    expect(await verify(project, db)).toMatchObject({
      ready: true,
      ahead: [B],
      notes: [expect.stringContaining('newer than this build')],
    });
  });

  test('`verify` and `waitForSchema` judge one history alike: edited, half undone, late by a newer build', async () => {
    await using db = await emptyDatabase(server);
    const index = '-- db: no-transaction\nCREATE INDEX CONCURRENTLY idx_orders_b ON shop.orders (id)';
    await using project = await createProject({ [A]: SHOP, [B]: index });
    const down = '-- db: no-transaction\nDROP INDEX CONCURRENTLY shop.idx_orders_b; SELECT 1 / 0';
    await writeFile(join(project.root, 'migrations', B, 'down.sql'), down);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders VALUES (1, 1)`;
    const both = async () => [
      await verify(project, db).then(({ code, ahead }) => ({ code, ahead })),
      await waitForSchema({ url: db.url, domain: project.domain, root: project.root, timeoutMs: 0 }).then(
        ({ ahead }) => ({ code: 'OK', ahead }),
        ({ code }) => ({ code, ahead: [] }),
      ),
    ];
    const alike = (code: string, ahead: readonly string[] = []) => [
      { code, ahead },
      { code, ahead },
    ];
    expect(await both()).toEqual(alike('OK'));
    await project.remove(A);
    expect(await both()).toEqual(alike('OK', [A]));
    await project.write(A, `${SHOP} SELECT 1`);
    expect(await both()).toEqual(alike('DB_MIGRATION_EDITED'));
    await project.write(A, SHOP);
    const back = {
      root: project.root,
      target: parseTarget(db.url, 'test'),
      extent: { kind: 'steps', count: 1 },
    } as const;
    await expect(rollbackDomain(project.domain, back)).rejects.toMatchObject({ code: 'DB_STEP' });
    expect(await both()).toEqual(alike('DB_HALF_DONE'));
  });

  test('`db verify` gives the advice of what is wrong', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.writeConfig();
    await project.migrate(db.url);
    await project.write(A, `${SHOP} SELECT 1`);
    const flags = ['--config', join(project.root, 'db.config.ts'), 'verify', '--url', db.url];
    expect(await runMain(flags, project.root)).toMatchObject({
      exit: 2,
      stdout: expect.stringContaining(`${A} is edited`),
      stderr: expect.stringContaining('restore the file'),
    });
    const json = await runMain([...flags, '--json'], project.root);
    expect(JSON.parse(json.stdout)).toMatchObject({ code: 'DB_MIGRATION_EDITED', domains: [{ ready: false }] });
  });

  test('a table that is gone and a row that is gone are named; drift alone has a code of its own', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'INSERT INTO shop.orders VALUES (1, 1)' });
    await project.migrate(db.url);
    await db.sql`DROP INDEX shop.idx_orders_total`;
    expect(await verify(project, db)).toMatchObject({
      ready: false,
      code: 'DB_DRIFT',
      findings: ['drift: index shop.idx_orders_total is missing'],
    });
    const allow = [{ object: 'index shop.idx_*', reason: 'rebuilt by hand' }];
    const allowed = await verifyDomain(
      { ...declared(project), drift: allow },
      project.root,
      parseTarget(db.url, 'test'),
    );
    expect(allowed).toMatchObject({ ready: true, catalog: 'equal' });
    await db.sql`DROP TABLE shop.orders CASCADE`;
    expect(await verify(project, db)).toMatchObject({
      ready: false,
      code: 'DB_NOT_READY_SCHEMA',
      findings: expect.arrayContaining(['shop.orders is not there', 'drift: table shop.orders is missing']),
    });
  });

  test('what cannot be compared is a note: the history has spoken', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'INSERT INTO shop.orders VALUES (1, 1)' });
    await project.migrate(db.url);
    await using session = await openSession(parseTarget(db.url, 'test'), { app: 'at work' });
    await withRecordedCatalog(session, project.domain, async () => {
      expect(await verify(project, db)).toMatchObject({ ready: true, catalog: 'open' });
    });
    await db.sql`DELETE FROM migrations.catalogs`;
    expect(await verify(project, db)).toMatchObject({
      ready: true,
      catalog: 'not recorded',
      notes: [expect.any(String)],
    });
  });

  test('it waits for nobody: behind writers, behind ACCESS EXCLUSIVE and behind a queue for it an answer comes at once', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'INSERT INTO shop.orders VALUES (1, 1)' });
    await project.migrate(db.url);
    const holder = await db.sql.reserve();
    await holder`BEGIN`;
    await holder`LOCK TABLE shop.orders IN ROW EXCLUSIVE MODE`;
    expect(await verify(project, db)).toMatchObject({ ready: true, catalog: 'equal' });
    // Somebody queues for ACCESS EXCLUSIVE behind the writer, and everybody behind him.
    const queued = db.sql`LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE`.catch(() => {});
    await holder`ROLLBACK`;
    await holder`BEGIN`;
    await queued;
    await holder`LOCK TABLE shop.orders IN ACCESS EXCLUSIVE MODE`;
    const report = await verify(project, db);
    expect(report).toMatchObject({
      ready: true,
      catalog: 'locked',
      notes: [expect.stringContaining('reference rows'), expect.stringContaining('`pnpm db locks`')],
    });
    expect(report.ms).toBeLessThan(1000);
    await holder`ROLLBACK`;
    holder.release();
  });

  test('it takes nothing stronger than ACCESS SHARE and writes nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP, [B]: 'INSERT INTO shop.orders VALUES (1, 1)' });
    await project.migrate(db.url);
    const holder = await db.sql.reserve();
    await holder`BEGIN`;
    // Lets ACCESS SHARE through, and nothing else.
    await holder`LOCK TABLE shop.orders, migrations.applied, migrations.settings, migrations.steps, migrations.catalogs IN EXCLUSIVE MODE`;
    expect(await verify(project, db)).toMatchObject({ ready: true, catalog: 'equal' });
    await holder`ROLLBACK`;
    holder.release();
  });

  test('an answer takes less than 100 ms from the open connection', async () => {
    await using db = await emptyDatabase(server);
    const tables = Array.from(
      { length: 40 },
      (_, n) =>
        `CREATE TABLE shop.t${n} (id int PRIMARY KEY, a text, b int DEFAULT 1); CREATE INDEX ON shop.t${n} (a) WHERE b > 0;`,
    );
    await using project = await createProject({
      [A]: SHOP,
      [B]: `INSERT INTO shop.orders VALUES (1, 1); ${tables.join('')}`,
    });
    await project.migrate(db.url);
    const times = [];
    for (let n = 0; n < 7; n += 1) times.push((await verify(project, db)).ms);
    // The fastest: other tests share the machine.
    expect(Math.min(...times)).toBeLessThan(100);
  });

  test('`db verify` prints one line a domain, everything with --verbose, and exits 2 when not ready', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: SHOP });
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), 'verify', ...args], project.root, {
        DATABASE_URL: db.url,
      });
    expect(await run()).toMatchObject({ exit: 2, stderr: expect.stringContaining('fix: run `pnpm db migrate`') });
    await project.migrate(db.url);
    const ready = await run('--verbose');
    expect(ready).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^yes shop → /) });
    expect(ready.stdout).toContain(`applied ${A}`);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject({
      ok: true,
      domains: [{ domain: 'shop', ready: true, findings: [], ahead: [], catalog: 'equal' }],
    });
  });
});
