import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { lockName } from '../src/lock/try-lock.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('eight migrators at once on an empty database: all succeed, each migration applies once, data is written once', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)',
      [B]: 'INSERT INTO shop.orders VALUES (1)',
    });
    const results = await Promise.all(Array.from({ length: 8 }, () => project.migrate(db.url)));
    expect(results.flatMap(({ applied }) => applied.map(({ name }) => name)).sort()).toEqual([A, B]);
    expect(await db.sql`SELECT id FROM shop.orders`).toEqual([{ id: 1 }]);
  });

  test('a migrator that waits too long says who holds the lock since when, and has changed nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: 'CREATE SCHEMA shop' });
    const holder = await db.sql.reserve();
    await holder`SELECT set_config('application_name', 'the other one', false), pg_advisory_lock(hashtextextended(${lockName.domain('shop')}, 0))`;
    const waits: unknown[] = [];
    await expect(
      project.migrate(db.url, { lockWaitMs: 200, onEvent: (event) => waits.push(event) }),
    ).rejects.toMatchObject({
      code: 'DB_MIGRATOR_BUSY',
      exit: 5,
      message: expect.stringContaining('the other one'),
    });
    expect(waits).toMatchObject([{ type: 'waiting', holder: { application: 'the other one' } }]);
    expect(await db.sql`SELECT * FROM migrations.applied`).toEqual([]);
    await holder`SELECT pg_advisory_unlock_all()`;
    holder.release();
    expect((await project.migrate(db.url)).applied).toHaveLength(1);
  });

  test('an ALTER behind a long reader gives way: the reader and new readers go on, and it applies once the reader is gone', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: 'CREATE SCHEMA shop; CREATE TABLE shop.orders (id int)',
      [B]: 'ALTER TABLE shop.orders ADD COLUMN x int',
    });
    await project.migrate(db.url, { to: A });
    const reader = await db.sql.reserve();
    await reader`BEGIN`;
    await reader`SELECT * FROM shop.orders`;
    const migrated = project.migrate(db.url);
    let longest = 0;
    for (let n = 0; n < 20; n += 1) {
      const started = performance.now();
      await db.sql`SELECT count(*) FROM shop.orders`;
      longest = Math.max(longest, performance.now() - started);
      await new Promise((wake) => setTimeout(wake, 25));
    }
    await reader`COMMIT`;
    reader.release();
    expect((await migrated).applied).toHaveLength(1);
    // Far below the half second that the reader was there.
    expect(longest).toBeLessThan(400);
  });
});
