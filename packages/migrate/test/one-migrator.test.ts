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
});
