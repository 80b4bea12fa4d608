import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db } from '../../src/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { failureOf, openDb } from './support.ts';

describe.each(servers())('listen and notify on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = openDb(database.url);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });
  /** Backends that listen in this database. */
  const listening = (app: string) =>
    database.sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE ${`${app} %`}
      AND (query LIKE 'LISTEN%' OR query LIKE 'UNLISTEN%')`;
  const endListeners = (app: string) =>
    database.sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
      AND application_name LIKE ${`${app} %`} AND query LIKE 'LISTEN%'`;

  test('each subscriber of a channel hears each payload, until it ends', async () => {
    await using own = openDb(database.url, { app: 'ears' });
    const [a, b, other]: string[][] = [[], [], []];
    const first = await own.listen('Weird "channel"', (payload) => a?.push(payload));
    await using _ = await own.listen('Weird "channel"', (payload) => b?.push(payload));
    const second = await own.listen('other', (payload) => other?.push(payload));
    await db.notify('Weird "channel"', 'one');
    await db.notify('other');
    await expect.poll(() => [a, b, other]).toEqual([['one'], ['one'], ['']]);
    await first.unlisten();
    await second.unlisten();
    await second.unlisten();
    await db.notify('Weird "channel"', 'two');
    await db.notify('other', 'unheard');
    await expect.poll(() => b).toEqual(['one', 'two']);
    expect([a, other]).toEqual([['one'], ['']]);
    expect(await listening('ears')).toHaveLength(1);
  });

  test('the connection is closed with the last subscription, and opened again with the next', async () => {
    await using own = openDb(database.url, { app: 'ends' });
    const heard: string[] = [];
    await (await own.listen('wake', () => {})).unlisten();
    await expect.poll(() => listening('ends')).toHaveLength(0);
    await own.listen('wake', (payload) => heard.push(payload));
    await own.notify('wake', 'again');
    await expect.poll(() => heard).toEqual(['again']);
    await own.close();
    await expect.poll(() => listening('ends')).toHaveLength(0);
    expect(await failureOf(own.listen('wake', () => {}))).toMatchObject({ code: 'DB_CLIENT_CLOSED' });
  });

  test('in a transaction it is sent with COMMIT, once for equal payloads, and not at all if rolled back', async () => {
    const heard: string[] = [];
    await using _ = await db.listen('committed', (payload) => heard.push(payload));
    await db.transaction(async (tx) => {
      await tx.notify('committed', 'kept');
      await tx.notify('committed', 'kept');
      await tx
        .transaction(async (savepoint) => {
          await savepoint.notify('committed', 'undone');
          throw new Error('undo');
        })
        .catch(() => {});
      await sleep(100);
      expect(heard).toEqual([]);
    });
    await db.notify('committed', 'last');
    await expect.poll(() => heard).toEqual(['kept', 'last']);
  });

  test('a payload that is too long is refused', async () => {
    expect(await failureOf(db.notify('long', 'x'.repeat(8_000)))).toBeInstanceOf(errors.InvalidValue);
  });

  test('connections are lost again and again: each gap is told, and no wake-up is lost that way', async () => {
    await using own = openDb(database.url, { app: 'lossy' });
    await db.query('CREATE TABLE work (id int PRIMARY KEY)');
    const done = new Set<number>();
    let gaps = 0;
    const look = async () => {
      const { rows } = await own.query<{ id: number }>('SELECT id FROM work');
      for (const { id } of rows) done.add(id);
    };
    await using _ = await own.listen('work', look, {
      onGap: () => {
        gaps += 1;
        void look();
      },
    });
    await look();
    for (let id = 0; id < 60; id += 1) {
      await db.transaction(async (tx) => {
        await tx.query('INSERT INTO work VALUES ($1)', [id]);
        await tx.notify('work');
      });
      if (id % 10 === 9) await endListeners('lossy');
    }
    await expect.poll(() => done.size, { timeout: 10_000 }).toBe(60);
    expect(gaps).toBeGreaterThan(0);
    const heard: string[] = [];
    await using late = await own.listen('late', (payload) => heard.push(payload));
    await own.notify('late', 'there');
    await expect.poll(() => heard).toEqual(['there']);
    await late.unlisten();
  });

  test('a subscription made at the very moment of a loss is in force on the next connection', async () => {
    await using own = openDb(database.url, { app: 'moment' });
    const heard: string[] = [];
    await using _ = await own.listen('first', () => {});
    for (let round = 0; round < 30; round += 1) {
      const [subscription] = await Promise.all([
        own.listen(`round-${round}`, () => heard.push(String(round))),
        endListeners('moment'),
      ]);
      const again = await own.listen(`round-${round}`, () => {});
      await expect.poll(() => own.notify(`round-${round}`).then(() => heard.includes(String(round)))).toBe(true);
      await again.unlisten();
      await subscription.unlisten();
    }
    await expect.poll(() => listening('moment')).toHaveLength(1);
  });

  test('a host that vanished without a word is noticed', async () => {
    await using proxy = await startCuttingProxy(database.url);
    await using own = openDb(proxy.url, { timeouts: { heartbeatMs: 200 } });
    let gaps = 0;
    const heard: string[] = [];
    await using _ = await own.listen('frozen', (payload) => heard.push(payload), { onGap: () => (gaps += 1) });
    proxy.freeze();
    await expect.poll(() => gaps, { timeout: 10_000 }).toBe(1);
    await db.notify('frozen', 'thawed');
    await expect.poll(() => heard).toEqual(['thawed']);
  });

  test('where no connection is made the first time, that is told', async () => {
    await using own = openDb(Object.assign(new URL(database.url), { port: '1' }).href);
    expect(await failureOf(own.listen('wake', () => {}))).toBeInstanceOf(errors.ServerUnreachable);
    expect(await failureOf(own.listen('wake', () => {}))).toBeInstanceOf(errors.ServerUnreachable);
  });
});
