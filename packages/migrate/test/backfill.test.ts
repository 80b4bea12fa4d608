import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { Backfill } from '../src/config.ts';
import { type BackfillProgress, type DbError, parseTarget } from '../src/index.ts';
import { emptyDatabase } from './support/database.ts';
import { cents, countOrders, createOrders, FIRST, ORDERS } from './support/orders.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const NEXT = '20260102000000_next';
const FAILING = 2_000_000_000;

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a migration waits for its backfill, which fills every row it knows and leaves the unknown NULL', async () => {
    await using orders = await createOrders(server, 1_000);
    const { db, project } = orders;
    await db.sql`INSERT INTO shop.orders (total) SELECT -n FROM generate_series(1, 5) n`;
    await project.write(
      NEXT,
      '-- db: after-backfill cents\nALTER TABLE shop.orders ADD CONSTRAINT orders_cents_check CHECK (cents IS NOT NULL OR total < 0)',
    );
    const progress: (readonly [number, number])[] = [];
    await project.migrate(db.url, {
      onEvent: (event) => void (event.type === 'backfilling' && progress.push([event.rowsDone, event.rowsTotal])),
    });
    expect(await countOrders(db)).toEqual({ right: 1_000, empty: 5, twice: 0 });
    expect(progress.at(-1)).toEqual([1_000, 1_000]);
    expect(await db.sql`SELECT state, cursor, rows_done::int AS rows FROM migrations.backfills`).toEqual([
      { state: 'done', cursor: null, rows: 1_000 },
    ]);
  });

  test('it leaves its trace: a line for people, rows and time in --json, and a journal row that `db history` shows', async () => {
    await using orders = await createOrders(server, 500);
    const { db, project } = orders;
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), ...args], project.root, { DATABASE_URL: db.url });
    await project.write(NEXT, '-- db: after-backfill cents\nSELECT 1');
    const migrated = await run('migrate', '--json');
    expect(JSON.parse(migrated.stdout).domains).toMatchObject([
      { applied: [{ name: NEXT }], backfills: [{ name: 'cents', rows: 500, ms: expect.any(Number) }] },
    ]);
    expect(migrated.stderr).toMatch(/✓ backfill cents {2}500 rows {2}[\d.]+ m?s\n/);
    const entries = JSON.parse((await run('history', '--json')).stdout).domains[0].entries as readonly object[];
    expect(entries).toContainEqual(
      expect.objectContaining({
        name: 'cents',
        event: 'backfilled',
        durationMs: expect.any(Number),
        detail: { rows: 500 },
      }),
    );
    expect((await run('history')).stdout).toContain('backfilled (500 rows)');
    // A run that finds it done says nothing of it.
    await project.write('20260103000000_c', '-- db: after-backfill cents\nSELECT 1');
    expect(JSON.parse((await run('migrate', '--json')).stdout).domains).toMatchObject([{ backfills: [] }]);
  });

  test.each(['uuid', 'text', 'bigint'] as const)(
    'two batches at a time change each row once, by keys of type %s, with parameters',
    async (type) => {
      await using db = await emptyDatabase(server);
      const table = `CREATE SCHEMA shop; CREATE TABLE shop.items (id ${type} PRIMARY KEY, n int NOT NULL, times int NOT NULL DEFAULT 0)`;
      const step: Backfill = {
        ...{ name: 'step', rule: 'once', table: 'shop.items', key: { column: 'id', type } },
        ...{ connections: 2, batchSize: 70 },
        batch: `UPDATE shop.items SET times = times + ($3::jsonb->>'by')::int
          WHERE times = 0 AND ($1::${type} IS NULL OR id > $1) AND id <= $2 AND n >= $4`,
        remaining: "SELECT count(*) FROM shop.items WHERE times = 0 AND $1::jsonb->>'by' = '1' AND n >= $2",
        parameters: [{ by: '1', "it's": '$$' }, 0],
      };
      await using project = await createProject({ [FIRST]: table }, [step]);
      await project.migrate(db.url);
      const id = { uuid: 'gen_random_uuid()', text: "md5(n::text) || ''''", bigint: 'n * n - 5000000' }[type];
      await db.sql.unsafe(`INSERT INTO shop.items (id, n) SELECT ${id}, n FROM generate_series(1, 3000) n`);
      await project.write(NEXT, '-- db: after-backfill step\nSELECT 1');
      await project.migrate(db.url);
      expect(await db.sql`SELECT times, count(*)::int AS rows FROM shop.items GROUP BY times`).toEqual([
        { times: 1, rows: 3_000 },
      ]);
    },
  );

  test('rows that wait for other rows are found in further passes', async () => {
    await using orders = await createOrders(server, 5);
    // Each row waits for its successor, which a batch of one row comes to later.
    const chain = 'EXISTS (SELECT FROM shop.orders n WHERE n.id = o.id + 1 AND n.cents IS NOT NULL)';
    await orders.run({
      batchSize: 1,
      batch: `UPDATE shop.orders o SET cents = total * 100
        WHERE cents IS NULL AND ($1::integer IS NULL OR id > $1) AND id <= $2 AND (id = 5 OR ${chain})`,
      remaining: `SELECT count(*) FROM shop.orders o WHERE cents IS NULL AND (id = 5 OR ${chain})`,
    });
    expect(await countOrders(orders.db)).toEqual({ right: 5, empty: 0, twice: 0 });
  });

  test('a row that cannot be changed is named by its key; what was before it is kept, and the next run goes on there', async () => {
    await using orders = await createOrders(server, 1_000);
    const { db } = orders;
    await db.sql`UPDATE shop.orders SET total = ${FAILING} WHERE id = 637`;
    await expect(orders.run()).rejects.toMatchObject({
      code: 'DB_BACKFILL_ROW',
      message: expect.stringContaining('shop.orders, id 637: integer out of range'),
      facts: { sqlState: '22003', data: { failed: [{ key: '637' }] } },
    });
    expect(await countOrders(db)).toMatchObject({ right: 636 });
    expect(await db.sql`SELECT state, cursor FROM migrations.backfills`).toEqual([{ state: 'running', cursor: '636' }]);
    await db.sql`UPDATE shop.orders SET total = 1 WHERE id = 637`;
    expect(await orders.run()).toMatchObject({ rows: 364 });
    expect(await countOrders(db)).toEqual({ right: 1_000, empty: 0, twice: 0 });
  });

  test('asked to keep going, it changes all other rows, names the failing ones, and is not done until they are', async () => {
    await using orders = await createOrders(server, 1_000);
    const { db } = orders;
    await db.sql`UPDATE shop.orders SET total = ${FAILING} WHERE id IN (1, 500, 501, 1000)`;
    const failure = await orders.run({ connections: 2 }, { keepGoing: true }).catch((error: DbError) => error);
    expect(failure).toMatchObject({ code: 'DB_BACKFILL_ROW', exit: 1 });
    const { failed } = (failure as DbError).facts.data as { failed: { key: string }[] };
    expect(failed.map(({ key }) => key).sort()).toEqual(['1', '1000', '500', '501']);
    expect(await countOrders(db)).toEqual({ right: 996, empty: 4, twice: 0 });
    expect(await db.sql`SELECT state FROM migrations.backfills`).toEqual([{ state: 'running' }]);
    expect(await db.sql`SELECT event, detail FROM migrations.journal WHERE name = 'cents'`).toEqual([
      { event: 'failed', detail: { code: 'DB_BACKFILL_ROW' } },
    ]);
    await db.sql`UPDATE shop.orders SET total = 7 WHERE total = ${FAILING}`;
    expect(await orders.run()).toMatchObject({ rows: 4 });
    expect(await countOrders(db)).toEqual({ right: 1_000, empty: 0, twice: 0 });
  });

  test('a statement that no row is to blame for fails at once, and may be corrected before anything was committed', async () => {
    await using orders = await createOrders(server, 10);
    const broken = { batch: cents.batch.replace('total * 100', 'nonsense') };
    await expect(orders.run(broken)).rejects.toMatchObject({ code: 'DB_BACKFILL', facts: { sqlState: '42703' } });
    expect(await orders.run()).toMatchObject({ rows: 10 });
  });

  test('a batch of two statements is refused, and neither runs', async () => {
    await using orders = await createOrders(server, 10);
    const two = { batch: `${cents.batch}; DELETE FROM shop.orders` };
    await expect(orders.run(two)).rejects.toMatchObject({ code: 'DB_BACKFILL', facts: { sqlState: '42601' } });
    expect(await countOrders(orders.db)).toMatchObject({ empty: 10 });
  });

  test('a backfill that was edited since it began is refused with nothing changed; restarted, it begins at the first key', async () => {
    await using orders = await createOrders(server, 100);
    const { db } = orders;
    await db.sql`UPDATE shop.orders SET total = ${FAILING} WHERE id = 50`;
    await expect(orders.run()).rejects.toMatchObject({ code: 'DB_BACKFILL_ROW' });
    const edited = {
      batch: cents.batch.replace('total * 100', 'least(total, 20000000) * 100').replace('cents IS NULL', 'times < 2'),
    };
    const before = await db.sql`SELECT * FROM migrations.backfills`;
    await expect(orders.run(edited)).rejects.toMatchObject({ code: 'DB_BACKFILL_EDITED', exit: 4 });
    expect(await db.sql`SELECT * FROM migrations.backfills`).toEqual(before);
    expect(await countOrders(db)).toMatchObject({ right: 49 });
    await orders.run(edited, { restart: true });
    expect(await countOrders(db)).toMatchObject({ empty: 0, twice: 49 });
  });

  test('its size, speed and parameters are no part of what it does: they may change on the way', async () => {
    await using orders = await createOrders(server, 100);
    await orders.db.sql`UPDATE shop.orders SET total = ${FAILING} WHERE id = 50`;
    await expect(orders.run()).rejects.toMatchObject({ code: 'DB_BACKFILL_ROW' });
    await orders.db.sql`UPDATE shop.orders SET total = 1 WHERE id = 50`;
    expect(await orders.run({ batchSize: 7, batchMs: 3, connections: 2, rule: 'the same' })).toMatchObject({
      rows: 51,
    });
  });

  test('of two runners of one backfill the second is refused, and says who is at it; the first one ends well', async () => {
    await using orders = await createOrders(server, 200);
    const { db } = orders;
    const holder = await db.sql.reserve();
    await holder`BEGIN`;
    await holder`SELECT FROM shop.orders WHERE id = 200 FOR UPDATE`;
    const progress: BackfillProgress[] = [];
    const first = orders.run({}, { onProgress: (now) => progress.push(now) });
    while (progress.length === 0) await new Promise((wake) => setTimeout(wake, 10));
    await expect(orders.run()).rejects.toMatchObject({
      code: 'DB_BACKFILL_BUSY',
      exit: 5,
      message: expect.stringContaining('db backfill shop'),
    });
    await holder`COMMIT`;
    holder.release();
    expect(await first).toMatchObject({ rows: 200 });
    expect(await countOrders(db)).toEqual({ right: 200, empty: 0, twice: 0 });
  });

  test('rows that contradict the rule at the end fail the backfill, and it is not done', async () => {
    await using orders = await createOrders(server, 10);
    const stateOf = () => orders.db.sql`SELECT state FROM migrations.backfills`;
    await orders.db.sql`UPDATE shop.orders SET cents = 1 WHERE id = 3`;
    const verify = 'SELECT count(*) FROM shop.orders WHERE cents <> total * 100';
    await expect(orders.run({ verify })).rejects.toMatchObject({
      code: 'DB_BACKFILL',
      message: expect.stringContaining('1 row against the rule'),
    });
    expect(await stateOf()).toEqual([{ state: 'running' }]);
    await orders.db.sql`UPDATE shop.orders SET cents = 300 WHERE id = 3`;
    await orders.run({ verify });
    expect(await stateOf()).toEqual([{ state: 'done' }]);
  });

  test('one that is done runs again where an old writer has left rows since', async () => {
    await using orders = await createOrders(server, 10);
    expect(await orders.run()).toMatchObject({ rows: 10 });
    expect(await orders.run()).toBe(null);
    await orders.db.sql`INSERT INTO shop.orders (total) VALUES (5)`;
    expect(await orders.run()).toMatchObject({ rows: 1 });
    expect(await orders.db.sql`SELECT state, rows_done::int AS rows FROM migrations.backfills`).toEqual([
      { state: 'done', rows: 11 },
    ]);
  });

  test('a rate is kept, and progress says rows, rate and time left', async () => {
    await using orders = await createOrders(server, 200);
    const progress: BackfillProgress[] = [];
    const done = await orders.run({}, { rowsPerSecond: 400, onProgress: (now) => progress.push(now) });
    // A batch of 40 rows is worth 100 ms.
    expect(done?.ms).toBeGreaterThanOrEqual(450);
    expect(progress.map(({ rowsDone, rowsTotal }) => [rowsDone, rowsTotal])).toEqual(
      [40, 80, 120, 160, 200].map((rows) => [rows, 200]),
    );
    for (const { rowsPerSecond, rowsDone, secondsLeft } of progress)
      expect(secondsLeft).toBe(Math.ceil((200 - rowsDone) / rowsPerSecond));
  });

  test('the planner knows the new values at the end', async () => {
    await using orders = await createOrders(server, 1_000);
    await orders.run();
    expect(
      await orders.db.sql`SELECT null_frac FROM pg_stats WHERE tablename = 'orders' AND attname = 'cents'`,
    ).toEqual([{ null_frac: 0 }]);
  });

  test('a backfill that nobody declared is refused', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [FIRST]: `-- db: after-backfill nothing\n${ORDERS}` });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BACKFILL_UNKNOWN' });
  });

  test('on a database that nobody has migrated it says so', async () => {
    await using orders = await createOrders(server, 1);
    await using db = await emptyDatabase(server);
    await expect(orders.run({}, { target: parseTarget(db.url, 'test') })).rejects.toMatchObject({
      code: 'DB_PENDING',
      exit: 2,
    });
  });
});
