import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { Backfill } from '../src/config.ts';
import { emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';
import { runMain } from './support/run-main.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const TABLE =
  'CREATE SCHEMA shop; CREATE TABLE shop.orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), total int NOT NULL, cents int)';

const cents: Backfill = {
  name: 'cents',
  rule: 'cents = total × factor; totals below 0 are unknown and stay NULL',
  table: 'shop.orders',
  key: { column: 'id', type: 'uuid' },
  batch:
    "UPDATE shop.orders SET cents = total * ($3::jsonb->>'factor')::int WHERE cents IS NULL AND total >= 0 AND ($1::uuid IS NULL OR id > $1) AND id <= $2::uuid",
  remaining: 'SELECT count(*) FROM shop.orders WHERE cents IS NULL AND total >= 0 AND $1::jsonb IS NOT NULL',
  parameters: [{ factor: '100' }],
  batchSize: 300,
};

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('a migration waits for its backfill, which fills every row it knows and leaves the unknown NULL', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE }, [cents]);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders (total) SELECT n FROM generate_series(-5, 994) n`;
    await project.write(
      B,
      '-- db: after-backfill cents\nALTER TABLE shop.orders ADD CONSTRAINT orders_cents_check CHECK (cents IS NOT NULL OR total < 0)',
    );
    const progress: number[] = [];
    const totals = new Set<number>();
    await project.migrate(db.url, {
      onEvent: (event) => {
        if (event.type !== 'backfilling') return;
        progress.push(event.rowsDone);
        totals.add(event.rowsTotal);
      },
    });
    expect(
      await db.sql`SELECT count(*) FILTER (WHERE cents = total * 100)::int AS right, count(*) FILTER (WHERE cents IS NULL)::int AS unknown FROM shop.orders`,
    ).toEqual([{ right: 995, unknown: 5 }]);
    expect([progress.length, progress.at(-1), ...totals]).toEqual([4, 995, 995]);
    expect(await db.sql`SELECT state, rows_done::int AS rows FROM migrations.backfills`).toEqual([
      { state: 'done', rows: 995 },
    ]);
  });

  test('a batch that fails keeps the finished ones, and the next run goes on at the cursor', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE }, [cents]);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders (total) SELECT n FROM generate_series(1, 1000) n`;
    await db.sql`INSERT INTO shop.orders (id, total) VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', 2000000000)`;
    await project.write(B, '-- db: after-backfill cents\nSELECT 1');
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BACKFILL' });
    expect(await db.sql`SELECT count(cents)::int AS n FROM shop.orders`).toEqual([{ n: 900 }]);
    await db.sql`UPDATE shop.orders SET total = 2 WHERE total = 2000000000`;
    await project.migrate(db.url);
    expect(await db.sql`SELECT count(*)::int AS n FROM shop.orders WHERE cents IS NULL`).toEqual([{ n: 0 }]);
  });

  test('it leaves its trace: a line for people, rows and time in --json, and a journal row that `db history` shows', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLE }, [cents]);
    await project.writeConfig();
    const run = (...args: string[]) =>
      runMain(['--config', join(project.root, 'db.config.ts'), ...args], project.root, { DATABASE_URL: db.url });
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.orders (total) SELECT n FROM generate_series(1, 500) n`;
    await project.write(B, '-- db: after-backfill cents\nSELECT 1');
    const migrated = await run('migrate', '--json');
    expect(JSON.parse(migrated.stdout).domains).toMatchObject([
      { applied: [{ name: B }], backfills: [{ name: 'cents', rows: 500, ms: expect.any(Number) }] },
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

  test('a backfill that nobody declared is refused', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: `-- db: after-backfill nothing\n${TABLE}` });
    await expect(project.migrate(db.url)).rejects.toMatchObject({ code: 'DB_BACKFILL_UNKNOWN' });
  });
});
