import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import postgres, { type Sql } from 'postgres';
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

/** How long a writer waits for a lock, in milliseconds, before its server ends the wait with 55P03: ten times what one try of the
 *  migrator takes, and half of what the old transactions here last. The server counts it, so that a busy machine alone does not. */
const PATIENCE_MS = 500;

/** Runs `write` without pause until `until` settles; returns how many writes there were, and the SQLSTATEs of those that failed. */
async function underLoad(
  { url }: Database,
  writers: number,
  until: Promise<unknown>,
  write: (sql: Sql, writer: number) => Promise<unknown>,
) {
  const sql = postgres(url, { max: writers, onnotice: () => {}, connection: { lock_timeout: PATIENCE_MS } });
  let running = true;
  void until
    .finally(() => {
      running = false;
    })
    .catch(() => {});
  let writes = 0;
  const errors: string[] = [];
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      while (running) {
        await write(sql, writer).catch((error: { code?: string }) => errors.push(error.code ?? 'unknown'));
        writes += 1;
      }
    }),
  );
  await sql.end();
  return { writes, errors };
}

const writeOrder = (sql: Sql, writer: number) => sql`UPDATE shop.orders SET n = n + 1 WHERE id = ${writer + 1}`;

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
    const reader = await longReader(db, 'shop.orders');
    await sleep(150);
    const events: ApplyEvent[] = [];
    const migrated = project.migrate(db.url, { onEvent: (event) => events.push(event) });
    const load = await underLoad(db, 2, sleep(2 * PATIENCE_MS), writeOrder);
    await reader.end();
    expect((await migrated).applied).toHaveLength(1);
    // Behind one queued ALTER every writer would have waited for the reader.
    expect(load.errors).toEqual([]);
    expect(load.writes).toBeGreaterThan(2);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'blocked',
        blocker: expect.objectContaining({ application: 'nightly dump', table: 'shop.orders' }),
      }),
    );
  });

  test('under writers without pause an ALTER still gets its lock within its budget', async () => {
    await using db = await emptyDatabase(server);
    const budget = '-- db: lock-budget 20\n';
    await using project = await createProject({
      [A]: TABLES,
      [B]: `${budget}ALTER TABLE shop.orders ADD COLUMN x int`,
    });
    await project.migrate(db.url, { to: A });
    const migrated = project.migrate(db.url);
    const load = await underLoad(db, 4, migrated, writeOrder);
    expect((await migrated).applied).toHaveLength(1);
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
    const load = await underLoad(db, 3, migrated, (sql, n) =>
      sql.begin(async (tx) => {
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
    const load = await underLoad(db, 2, migrated, writeOrder);
    expect(await migrated).toMatchObject({ code: 'DB_LOCK_TIMEOUT' });
    expect(load.errors).toEqual([]);
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
