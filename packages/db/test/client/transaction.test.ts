import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db } from '../../src/index.ts';
import { plans } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { failureOf, openDb } from './support.ts';

const plan = (id: string) => ({ id, name: id, priceCents: 0, monthlyCredits: 0 });

describe.each(servers())('transactions on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  beforeAll(async () => {
    process.on('uncaughtException', note).on('unhandledRejection', note);
    database = await migratedDatabase(url);
    db = openDb(database.url);
    await db.query('CREATE TABLE ledger (id int, note text)');
    await db.query("INSERT INTO ledger VALUES (-1, 'a'), (-2, 'b')");
  });
  afterEach(() => expect(uncaught).toEqual([]));
  afterAll(async () => {
    process.off('uncaughtException', note).off('unhandledRejection', note);
    await db.close();
    await database[Symbol.asyncDispose]();
  });
  const kill = (pid: unknown) => database.sql`SELECT pg_terminate_backend(${Number(pid)})`;
  const pidOf = async (tx: Pick<Db<'optimizer'>, 'query'>) =>
    (await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;

  test('two serializable transactions that collide are both done, the second anew', async () => {
    await db.insert(plans).values(plan('counter'));
    let runs = 0;
    const raise = () =>
      db.transaction(
        async (tx) => {
          runs += 1;
          const [row] = await tx.select().from(plans).where(eq(plans.id, 'counter'));
          await sleep(50);
          await tx
            .update(plans)
            .set({ priceCents: (row?.priceCents ?? 0) + 1 })
            .where(eq(plans.id, 'counter'));
        },
        { isolation: 'serializable', retries: 20 },
      );
    await Promise.all([raise(), raise(), raise()]);
    expect(runs).toBeGreaterThan(3);
    expect(await db.query.plans.findFirst({ where: { id: 'counter' } })).toMatchObject({ priceCents: 3 });
  });

  test('with retries: 0 the collision is told, as a retryable SerializationFailure', async () => {
    const work = db.transaction(
      async (tx) => {
        await tx.query('SELECT note FROM ledger WHERE id = -1');
        await db.query("UPDATE ledger SET note = 'c' WHERE id = -1");
        await tx.query("UPDATE ledger SET note = 'd' WHERE id = -1");
      },
      { isolation: 'repeatable read', retries: 0 },
    );
    const error = await failureOf(work);
    expect(error).toBeInstanceOf(errors.SerializationFailure);
    expect(error).toMatchObject({ retryable: true });
  });

  test('a deadlock has a victim, whose callback is begun anew', async () => {
    let runs = 0;
    const cross = (first: number, second: number) =>
      db.transaction(async (tx) => {
        runs += 1;
        await tx.query('UPDATE ledger SET note = note WHERE id = $1', [first]);
        await sleep(200);
        await tx.query('UPDATE ledger SET note = note WHERE id = $1', [second]);
      });
    await Promise.all([cross(-1, -2), cross(-2, -1)]);
    expect(runs).toBe(3);
  });

  test('a connection that is lost before COMMIT begins the callback anew, and the first run cannot write any more', async () => {
    const failures: Error[] = [];
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      await tx.query("INSERT INTO ledger VALUES (1, 'once')");
      if (runs > 1) return;
      await kill(await pidOf(tx));
      await sleep(100);
      failures.push(await failureOf(tx.query("INSERT INTO ledger VALUES (1, 'stray')")));
      failures.push(await failureOf(tx.insert(plans).values(plan('stray'))));
    });
    expect(runs).toBe(2);
    expect(failures.map(({ name }) => name)).toEqual(['TransactionOver', 'TransactionOver']);
    expect((await db.query('SELECT note FROM ledger WHERE id = 1')).rows).toEqual([{ note: 'once' }]);
  });

  test('a callback that swallows the loss of its connection does not touch the one that was opened anew', async () => {
    await using narrow = openDb(database.url, { connectionsMax: 1 });
    const first = narrow.transaction(
      async (tx) => {
        await kill(await pidOf(tx));
        await tx.query('SELECT pg_sleep(5)').catch(() => {});
        await sleep(50);
        throw new Error('own');
      },
      { retries: 0 },
    );
    const second = narrow.transaction((tx) => tx.query("INSERT INTO ledger VALUES (2, 'second')"));
    expect(await failureOf(first)).toBeInstanceOf(errors.ConnectionLost);
    await second;
    expect((await db.query('SELECT note FROM ledger WHERE id = 2')).rows).toEqual([{ note: 'second' }]);
  });

  test('a savepoint undoes its own work only; on a lost connection it fails, too', async () => {
    await db.transaction(async (tx) => {
      await tx.insert(plans).values(plan('kept'));
      const inner = tx.transaction(async (savepoint) => {
        await savepoint.insert(plans).values(plan('undone'));
        await savepoint.insert(plans).values(plan('kept'));
      });
      expect(await failureOf(inner)).toBeInstanceOf(errors.UniqueViolation);
    });
    expect(await db.query.plans.findFirst({ where: { id: 'kept' } })).toBeDefined();
    expect(await db.query.plans.findFirst({ where: { id: 'undone' } })).toBeUndefined();
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      await tx.transaction(async (savepoint) => {
        if (runs === 1) await kill(await pidOf(savepoint));
        await savepoint.query('SELECT 1');
      });
    });
    expect(runs).toBe(2);
  });

  test('hooks run after COMMIT, in order, and not for what was rolled back or begun anew', async () => {
    const seen: string[] = [];
    let runs = 0;
    await db.transaction(async (tx) => {
      runs += 1;
      tx.afterCommit(async () =>
        seen.push(`first sees ${(await db.query('SELECT FROM ledger WHERE id = 3')).rowCount}`),
      );
      await tx.query("INSERT INTO ledger VALUES (3, 'x')");
      await tx
        .transaction(async (savepoint) => {
          savepoint.afterCommit(() => seen.push('undone'));
          throw new Error('undo');
        })
        .catch(() => {});
      tx.afterCommit(() => seen.push('second'));
      if (runs === 1) await kill(await pidOf(tx)).then(() => tx.query('SELECT 1'));
    });
    expect(seen).toEqual(['first sees 1', 'second']);
    const failed = db.transaction(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('mail server');
      });
      await tx.query("INSERT INTO ledger VALUES (4, 'x')");
    });
    expect(await failureOf(failed)).toBeInstanceOf(errors.AfterCommitFailed);
    expect((await db.query('SELECT FROM ledger WHERE id = 4')).rowCount).toBe(1);
  });

  test('1,000 transactions with cuts before and after COMMIT: none doubled, none lost', async () => {
    await using proxy = await startCuttingProxy(database.url);
    await using cut = openDb(proxy.url, { connectionsMax: 8 });
    await cut.query('CREATE TABLE cuts (id int NOT NULL)');
    proxy.decide = () => (Math.random() < 0.1 ? (Math.random() < 0.5 ? 'before' : 'after') : undefined);
    let resets = 0;
    proxy.sever = (client) => {
      if (Math.random() < 0.5) return void client.destroy();
      resets += 1;
      client.resetAndDestroy();
    };
    const ids = Array.from({ length: 1_000 }, (_, id) => id);
    const acknowledged: number[] = [];
    const writer = async () => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        const mine = id;
        await cut.transaction((tx) => tx.execute(sql`INSERT INTO cuts VALUES (${mine})`), { retries: 10 });
        acknowledged.push(mine);
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    const [found] = await database.sql`SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM cuts`;
    expect(acknowledged).toHaveLength(1_000);
    expect(found).toEqual({ rows: 1_000, ids: 1_000 });
    expect(proxy.cuts.before).toBeGreaterThan(10);
    expect(proxy.cuts.after).toBeGreaterThan(10);
    expect(resets).toBeGreaterThan(10);
  });

  test.each(['EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED', 'EHOSTDOWN', 'ETIMEDOUT'])(
    'a host that vanishes with %s after it has acted: nothing is done twice',
    async (code) => {
      await using proxy = await startCuttingProxy(database.url);
      await using vanishing = openDb(proxy.url, { connectionsMax: 1 });
      const dialled: Socket[] = [];
      const dialling = (message: unknown) => void dialled.push((message as { socket: Socket }).socket);
      subscribe('net.client.socket', dialling);
      try {
        await vanishing.query(`CREATE TABLE vanished_${code} (id int NOT NULL)`);
        // as the kernel tells of a host that does not answer any more
        proxy.sever = ({ remotePort }) => {
          const socket = dialled.find(({ localPort }) => localPort === remotePort);
          socket?.destroy(Object.assign(new Error(`read ${code}`), { code, syscall: 'read' }));
        };
        proxy.decide = () => (proxy.cuts.after < 2 ? 'after' : undefined);
        const insert = vanishing.query(`INSERT INTO vanished_${code} VALUES (1) -- commit`);
        expect(await failureOf(insert)).toMatchObject({ name: 'ConnectionLost', sqlState: code });
        await vanishing.transaction((tx) => tx.query(`INSERT INTO vanished_${code} VALUES (2)`));
      } finally {
        unsubscribe('net.client.socket', dialling);
      }
      expect(proxy.cuts.after).toBe(2);
      const { rows } = await vanishing.query(`SELECT id FROM vanished_${code} ORDER BY id`);
      expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
    },
  );

  test('a reset of all connections: who repeats a read at once has an answer, be it a failure', async () => {
    await using proxy = await startCuttingProxy(database.url);
    await using narrow = openDb(proxy.url, { connectionsMax: 5, drainMs: 300 });
    await Promise.all(Array.from({ length: 12 }, () => narrow.query('SELECT pg_sleep(0.1)')));
    let lost = 0;
    const users = Array.from({ length: 12 }, () =>
      narrow.query('SELECT pg_sleep(5)').catch((error: unknown) => {
        if (!(error instanceof errors.ConnectionLost)) throw error;
        lost += 1;
        return narrow.query('SELECT 1').catch((again: unknown) => again);
      }),
    );
    await expect.poll(() => narrow.pool.open).toBe(5);
    await sleep(200);
    proxy.reset();
    for (const end of await Promise.all(users))
      if (end instanceof Error) expect(end).toBeInstanceOf(errors.ConnectionLost);
    expect(lost).toBe(12);
    expect((await narrow.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('a migration between two uses of a statement does not fail a single query', async () => {
    await using narrow = openDb(database.url, { connectionsMax: 1 });
    await db.query('CREATE TABLE single (id int)');
    const read = () => narrow.query('SELECT * FROM single WHERE id = $1', [1]);
    for (let times = 0; times < 3; times += 1) await read();
    await db.query('ALTER TABLE single ADD COLUMN more text');
    await db.query("INSERT INTO single VALUES (1, 'x')");
    expect((await read()).rows).toEqual([{ id: 1, more: 'x' }]);
  });

  test('a migration between two uses of a statement does not fail a transaction', async () => {
    await db.query('CREATE TABLE shapes (id int)');
    const read = () => db.transaction((tx) => tx.query('SELECT * FROM shapes WHERE id = $1', [1]));
    for (let times = 0; times < 3; times += 1) await read();
    await db.query('ALTER TABLE shapes ADD COLUMN more text');
    await db.query('INSERT INTO shapes VALUES (1, $1)', ['x']);
    expect((await read()).rows).toEqual([{ id: 1, more: 'x' }]);
  });
});
