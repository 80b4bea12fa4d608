import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import { seeded } from './kill/plan-cuts.ts';
import { backfillKills, killSeed } from './support/env.ts';
import { cents, countOrders, createOrders, FIRST, ORDERS } from './support/orders.ts';
import { createProject } from './support/project.ts';
import { startMain } from './support/run-main.ts';

const seed = killSeed();
const kills = backfillKills();
const ROWS = 3_000 * kills;

/** Enough small batches for a kill to meet each part of one. */
const step = { ...cents, batchSize: 40, connections: 2 } as const;

describe.each(testServers())(`PostgreSQL $version, seed ${seed}`, ({ url: server, version }) => {
  test(`a backfill that is killed at ${kills} random moments changes every row once`, {
    timeout: 600_000,
  }, async () => {
    const random = seeded(seed + version);
    await using orders = await createOrders(server, ROWS);
    const { db } = orders;
    await using project = await createProject({ [FIRST]: ORDERS }, [step]);
    await project.writeConfig();
    const args = ['--config', join(project.root, 'db.config.ts'), 'backfill', 'cents', '--lock-wait', '60'];
    let cuts = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const { empty } = await countOrders(db);
      const { child, ended } = startMain(args, project.root, { DATABASE_URL: db.url });
      // Anywhere in its share of the rows, and anywhere in a batch.
      const until = empty - Math.ceil((random() * empty) / (kills - kill + 1));
      while ((await countOrders(db)).empty > until && child.exitCode === null) await sleep(0);
      await sleep(random() * 10);
      child.kill('SIGKILL');
      const end = await ended;
      expect(end).toMatchObject({ stderr: expect.not.stringContaining('DB_') });
      const { right, twice } = await countOrders(db);
      expect(twice).toBe(0);
      // On a busy machine a run may come to its end before it is killed.
      if (end.exit !== null || right === ROWS) break;
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(kills / 2);
    expect(await startMain(args, project.root, { DATABASE_URL: db.url }).ended).toMatchObject({ exit: 0 });
    expect(await countOrders(db)).toEqual({ right: ROWS, empty: 0, twice: 0 });
    expect(await db.sql`SELECT state, rows_done::int AS rows FROM migrations.backfills`).toEqual([
      { state: 'done', rows: ROWS },
    ]);
  });
});
