import { join } from 'node:path';
import { testServers } from '@repo/local-postgres/vitest';
import { beforeAll, describe, expect, test } from 'vitest';
import { cents, createOrders, FIRST, ORDERS, type Orders } from './support/orders.ts';
import { createProject, type Project } from './support/project.ts';
import { runMain } from './support/run-main.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject({ [FIRST]: ORDERS }, [cents]);
  await project.writeConfig();
  return () => project[Symbol.asyncDispose]();
});

async function db({ db: { url } }: Orders, ...args: readonly string[]) {
  const ended = await runMain(['--config', join(project.root, 'db.config.ts'), 'backfill', ...args], project.root, {
    DATABASE_URL: url,
  });
  return { ...ended, json: args.includes('--json') ? JSON.parse(ended.stdout) : undefined };
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('status says what is left and exits 2; after the run it exits 0', async () => {
    await using orders = await createOrders(server, 50);
    expect(await db(orders, '--json')).toMatchObject({
      exit: 2,
      json: {
        code: 'DB_BACKFILL_LEFT',
        domains: [{ backfills: [{ name: 'cents', state: 'not begun', rowsDone: 0, rowsLeft: 50, rule: cents.rule }] }],
      },
    });
    expect(await db(orders, 'cents', '--json')).toMatchObject({
      exit: 0,
      json: { ok: true, domains: [{ backfills: [{ name: 'cents', rows: 50 }] }] },
    });
    const after = await db(orders, 'cents', '--status');
    expect(after.exit).toBe(0);
    expect(after.stdout).toMatch(/cents +done +50 +0 +\d{4}-/);
    expect(after.stdout).toContain(cents.rule);
    expect((await db(orders, 'cents')).stdout).toContain('was done already');
  });

  test('one that has stopped shows its state, and that it was edited since', async () => {
    await using orders = await createOrders(server, 50);
    await orders.db.sql`UPDATE shop.orders SET total = 2000000000 WHERE id = 30`;
    expect(await db(orders, 'cents', '--json')).toMatchObject({
      exit: 1,
      json: { code: 'DB_BACKFILL_ROW', error: { at: 'cents', failed: [{ key: '30', why: 'integer out of range' }] } },
    });
    expect((await db(orders, '--json')).json.domains[0].backfills).toMatchObject([
      { state: 'begun', rowsDone: 29, rowsLeft: 21, cursor: '29', edited: false },
    ]);
    await orders.db.sql`UPDATE migrations.backfills SET checksum = 'another'`;
    expect((await db(orders)).stdout).toContain('begun, edited since');
    expect(await db(orders, 'cents')).toMatchObject({ exit: 4, stderr: expect.stringContaining('--restart') });
    expect(await db(orders, 'cents', '--restart', '--keep-going')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(
        /id 30: integer out of range[\s\S]*fix: mend it, or what refuses it, and run again/,
      ),
    });
    await orders.db.sql`UPDATE shop.orders SET total = 3 WHERE id = 30`;
    expect(await db(orders, 'cents')).toMatchObject({ exit: 0, stdout: expect.stringContaining('is done, 1 row in') });
  });

  test.each([
    [['nothing'], 4, 'expected one of cents, got nothing'],
    [['cents', '--rate', '0'], 64, '--rate: expected a whole number from 1'],
    [['cents', '--connections', '3'], 64, '--connections: expected a whole number from 1 to 2'],
    [['--rate', '10'], 64, '--rate is for a run: expected the name of a backfill'],
    [['--restart'], 64, '--restart is for a run: expected the name of a backfill'],
    [['cents', '--max-lag', 'much'], 64, '--max-lag: expected a whole number'],
  ])('%j is refused in one clear line, and nothing is changed', async (args, exit, text) => {
    await using orders = await createOrders(server, 5);
    expect(await db(orders, ...args)).toMatchObject({ exit, stderr: expect.stringContaining(text) });
    expect(await orders.db.sql`SELECT FROM migrations.backfills`).toEqual([]);
  });

  test('a status on a database without its tables says that nobody knows, and changes nothing', async () => {
    await using orders = await createOrders(server, 5);
    await orders.db.sql`DROP SCHEMA shop CASCADE`;
    await orders.db.sql`DROP SCHEMA migrations CASCADE`;
    expect(await db(orders)).toMatchObject({ exit: 2, stdout: expect.stringMatching(/not begun +0 +unknown/) });
    expect(await orders.db.sql`SELECT FROM pg_namespace WHERE nspname = 'migrations'`).toEqual([]);
  });
});
