import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { describe, expect, test } from 'vitest';
import type { ApplyEvent } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createProject } from './support/project.ts';

const A = '20260101000000_a';
const B = '20260102000000_b';
const TABLES = `CREATE SCHEMA shop;
CREATE TABLE shop.orders (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
CREATE TABLE shop.users (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO shop.orders SELECT n FROM generate_series(1, 200) n;
INSERT INTO shop.users SELECT n FROM generate_series(1, 200) n;`;

/** Runs `write` without pause until `until` settles; returns the longest wait in milliseconds and the errors' SQLSTATEs. */
async function underLoad(writers: number, until: Promise<unknown>, write: (writer: number) => Promise<unknown>) {
  let running = true;
  void until
    .finally(() => {
      running = false;
    })
    .catch(() => {});
  const waits: number[] = [];
  const errors: string[] = [];
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      while (running) {
        const started = performance.now();
        await write(writer).catch((error: { code?: string }) => errors.push(error.code ?? 'unknown'));
        waits.push(performance.now() - started);
      }
    }),
  );
  return { longest: Math.max(...waits), writes: waits.length, errors };
}

/** A transaction that has read a table and stays open. */
async function longReader(db: Database, table: string) {
  const reader = await db.sql.reserve();
  await reader`SELECT set_config('application_name', 'nightly dump', false)`;
  await reader`BEGIN`;
  await reader.unsafe(`SELECT count(*) FROM ${table} WHERE id <> 4711`);
  return {
    end: async () => {
      await reader`COMMIT`;
      reader.release();
    },
  };
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  test('while an ALTER waits for an old reader, writers never wait for it; it applies once the reader is gone', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLES, [B]: 'ALTER TABLE shop.orders ADD COLUMN x int' });
    await project.migrate(db.url, { to: A });
    const control = await underLoad(2, sleep(700), (n) => db.sql`UPDATE shop.orders SET n = n + 1 WHERE id = ${n + 1}`);
    const reader = await longReader(db, 'shop.orders');
    await sleep(150);
    const events: ApplyEvent[] = [];
    const migrated = project.migrate(db.url, { onEvent: (event) => events.push(event) });
    const load = await underLoad(2, sleep(1_000), (n) => db.sql`UPDATE shop.orders SET n = n + 1 WHERE id = ${n + 1}`);
    await reader.end();
    expect((await migrated).applied).toHaveLength(1);
    // One queued ALTER would have cost every writer the reader's whole second.
    expect(load.longest).toBeLessThan(Math.max(200, 4 * control.longest));
    expect(load.errors).toEqual([]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'blocked',
        blocker: expect.objectContaining({ application: 'nightly dump', table: 'shop.orders' }),
      }),
    );
  });

  test('under writers without pause an ALTER still gets its lock within a second', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({ [A]: TABLES, [B]: 'ALTER TABLE shop.orders ADD COLUMN x int' });
    await project.migrate(db.url, { to: A });
    const started = performance.now();
    const migrated = project.migrate(db.url).then(() => performance.now() - started);
    const load = await underLoad(4, migrated, (n) => db.sql`UPDATE shop.orders SET n = n + 1 WHERE id = ${n + 1}`);
    expect(await migrated).toBeLessThan(3_000);
    expect(load.errors).toEqual([]);
  });

  test('the application is never the deadlock victim, though it takes the tables in the other order', async () => {
    await using db = await emptyDatabase(server);
    const changes = Array.from({ length: 5 }, (_, n) => [
      `2026020${n + 1}000000_c`,
      `ALTER TABLE shop.users ADD COLUMN x${n} int;\nALTER TABLE shop.orders ADD COLUMN x${n} int;`,
    ]);
    await using project = await createProject({ [A]: TABLES, ...Object.fromEntries(changes) });
    await project.migrate(db.url, { to: A });
    const migrated = project.migrate(db.url);
    const load = await underLoad(3, migrated, (n) =>
      db.sql.begin(async (tx) => {
        await tx`UPDATE shop.orders SET n = n + 1 WHERE id = ${n + 1}`;
        await sleep(5);
        await tx`UPDATE shop.users SET n = n + 1 WHERE id = ${n + 1}`;
      }),
    );
    expect((await migrated).applied).toHaveLength(5);
    expect(load.errors).toEqual([]);
  });

  test('a foreign key takes its parent first too: behind a reader of the parent nothing else is locked', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: TABLES,
      [B]: '-- db: lock-budget 1\nALTER TABLE shop.orders ADD COLUMN note text;\nALTER TABLE shop.orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES shop.users (id) NOT VALID;',
    });
    await project.migrate(db.url, { to: A });
    const writer = await db.sql.reserve();
    await writer`BEGIN`;
    await writer`UPDATE shop.users SET n = 1 WHERE id = 1`;
    await sleep(150);
    const migrated = project.migrate(db.url).catch((error: unknown) => error);
    const load = await underLoad(2, migrated, (n) => db.sql`UPDATE shop.orders SET n = n + 1 WHERE id = ${n + 1}`);
    expect(await migrated).toMatchObject({ code: 'DB_LOCK_TIMEOUT' });
    expect(load.longest).toBeLessThan(400);
    await writer`ROLLBACK`;
    writer.release();
  });

  test('at the end of the budget it gives up with exit 5, names who is in the way without values, and has changed nothing', async () => {
    await using db = await emptyDatabase(server);
    await using project = await createProject({
      [A]: TABLES,
      [B]: '-- db: lock-budget 1\nALTER TABLE shop.orders ADD COLUMN x int',
    });
    await project.migrate(db.url, { to: A });
    const reader = await longReader(db, 'shop.orders');
    await sleep(150);
    await expect(project.migrate(db.url)).rejects.toMatchObject({
      code: 'DB_LOCK_TIMEOUT',
      exit: 5,
      message: expect.stringMatching(
        /pid \d+ \(nightly dump, user \w+\) has held shop\.orders for \d+ ms: SELECT count\(\*\) FROM shop\.orders WHERE id <> \$1/,
      ),
    });
    await reader.end();
    expect(await db.sql`SELECT name FROM migrations.applied`).toEqual([{ name: A }]);
    expect((await project.migrate(db.url)).applied).toHaveLength(1);
  });
});
