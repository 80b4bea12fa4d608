import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { lockedOut } from '../src/backfill/failures.ts';
import { openSession } from '../src/connect/session.ts';
import { type BackfillProgress, parseTarget } from '../src/index.ts';
import { cents, countOrders, createOrders } from './support/orders.ts';
import { startStandby } from './support/standby.ts';

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await sleep(20);
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a row that somebody has locked is waited for outside of the lock queue, while all rows before it are changed', async () => {
    await using orders = await createOrders(server, 3_000);
    const { db } = orders;
    const holder = await db.sql.reserve();
    await holder`BEGIN`;
    const [{ pid } = { pid: 0 }] = await holder<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await holder`SELECT FROM shop.orders WHERE id = 2999 FOR UPDATE`;
    const progress: BackfillProgress[] = [];
    const running = orders.run({ connections: 2 }, { onProgress: (now) => progress.push(now) });
    await until(async () => (await countOrders(db)).empty <= 2);
    await until(() => progress.at(-1)?.paused === 'somebody else has locked rows of the batch');
    // What it would say where the row stays locked.
    await using session = await openSession(parseTarget(db.url, 'test'), { app: 'test' });
    const { code, message } = await lockedOut({ session, backfill: cents }, { lower: '0', upper: '3000', keys: 3_000 });
    expect({ code, message }).toMatchObject({
      code: 'DB_LOCK_TIMEOUT',
      message: expect.stringMatching(new RegExp(`pid ${pid} .*: SELECT FROM shop.orders WHERE id = \\$1 FOR UPDATE`)),
    });
    // Its neighbours are free: who holds the row may change them, and is in no deadlock with a batch.
    await holder`UPDATE shop.orders SET note = 'mine' WHERE id IN (1, 2998, 3000)`;
    await holder`COMMIT`;
    holder.release();
    await running;
    expect(await countOrders(db)).toEqual({ right: 3_000, empty: 0, twice: 0 });
  });

  test('it pauses while somebody has waited long for one of its batches, and makes them smaller', async () => {
    await using orders = await createOrders(server, 160);
    const { db } = orders;
    const progress: BackfillProgress[] = [];
    // The rows of the first batch take 200 ms each, so it holds its first row for three seconds.
    const slow = '(SELECT 0 FROM pg_sleep(CASE WHEN id <= 16 THEN 0.2 ELSE 0 END))';
    const batch = cents.batch.replace('total * 100', `total * 100 + ${slow}`);
    const running = orders.run({ batch, batchSize: 16, batchMs: 10_000 }, { onProgress: (now) => progress.push(now) });
    // The batch has its first row, which nobody else could have now.
    await until(async () => {
      const free = await db.sql`SELECT FROM shop.orders WHERE id = 1 FOR UPDATE SKIP LOCKED`;
      return free.length === 0;
    });
    await db.sql`UPDATE shop.orders SET note = 'app' WHERE id = 1`;
    await running;
    const pauses = progress.map(({ paused }) => paused).filter((why) => why !== null);
    expect(pauses).toContainEqual(expect.stringMatching(/^pid \d+ \(.*\) has waited \d+ ms for a batch$/));
    // By sixteen they would be ten.
    expect(progress.filter(({ paused }) => paused === null).length).toBeGreaterThan(10);
    expect(await countOrders(db)).toEqual({ right: 160, empty: 0, twice: 0 });
  });

  test('it pauses while a standby is further behind than it may be, and goes on when it has caught up', async () => {
    await using orders = await createOrders(server, 300);
    const { db } = orders;
    const [at] = await db.sql<{ lsn: string }[]>`SELECT pg_current_wal_flush_lsn()::text AS lsn`;
    await using standby = await startStandby(server, 'slow one', at?.lsn ?? '');
    await standby.apply(at?.lsn ?? '');
    const progress: BackfillProgress[] = [];
    const wishes = { rowsPerSecond: 100, lagBytesMax: 1, onProgress: (now: BackfillProgress) => progress.push(now) };
    const running = orders.run({}, wishes);
    await until(() => progress.at(-1)?.paused?.startsWith('standby slow one is') === true);
    // The batch that was at work has ended by then.
    await sleep(1_000);
    const { right } = await countOrders(db);
    await sleep(700);
    expect(await countOrders(db)).toMatchObject({ right });
    expect(right).toBeLessThan(300);
    // Far enough for all that is still to come.
    await standby.apply('FFFF/0');
    await running;
    expect(await countOrders(db)).toEqual({ right: 300, empty: 0, twice: 0 });
  });

  test('VACUUM between batches keeps a table from growing, and a table that does not grow gets none', async () => {
    await using orders = await createOrders(server, 60_000);
    const { db } = orders;
    await db.sql`UPDATE shop.orders SET note = repeat('x', 150)`;
    await db.sql`VACUUM FULL shop.orders`;
    const sizeOf = async () => {
      const [row] = await db.sql<{ bytes: number }[]>`SELECT pg_relation_size('shop.orders')::float8 AS bytes`;
      return row?.bytes ?? 0;
    };
    const before = await sizeOf();
    // A VACUUM beside it has time to end, also on a busy machine.
    const packed = await orders.run({ connections: 2 }, { rowsPerSecond: 15_000 });
    expect(packed?.vacuums).toBeGreaterThan(0);
    // One UPDATE of all rows doubles it.
    expect((await sizeOf()) / before).toBeLessThan(1.7);
    await db.sql`UPDATE shop.orders SET cents = NULL, times = 0 WHERE id <= 2000`;
    expect(await orders.run()).toMatchObject({ rows: 2_000, vacuums: 0 });
  });

  test('it runs beside a migrator: a schema change of its table does not wait for its end', async () => {
    await using orders = await createOrders(server, 2_000);
    const { db, project } = orders;
    const ended = orders.run({}, { rowsPerSecond: 250 }).then(() => 'backfill');
    await project.write('20260102000000_note', 'ALTER TABLE shop.orders ADD COLUMN more text');
    const migrated = project.migrate(db.url).then(() => 'migration');
    expect(await Promise.race([ended, migrated])).toBe('migration');
    await ended;
    expect(await countOrders(db)).toEqual({ right: 2_000, empty: 0, twice: 0 });
  });
});
