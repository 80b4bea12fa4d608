import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import { connectionBudget, type Db } from '../../src/index.ts';
import { plans } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { failureOf, openDb } from './support.ts';

describe.each(servers())('the pool on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await migratedDatabase(url);
  });
  afterAll(() => database[Symbol.asyncDispose]());

  /** Transactions that hold a connection each, until `release`. */
  async function hold(db: Db<'optimizer'>, count: number) {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const begun = Array.from({ length: count }, () => Promise.withResolvers<void>());
    const transactions = begun.map(({ resolve }) =>
      db.transaction(async (tx) => {
        await tx.query('SELECT 1');
        resolve();
        await released;
      }),
    );
    await Promise.all(begun.map(({ promise }) => promise));
    return async () => {
      release();
      await Promise.all(transactions);
    };
  }

  test('its gauges tell what is open, in use, idle and waiting', async () => {
    await using db = openDb(database.url, { connectionsMax: 3 });
    expect(db.pool).toEqual({ max: 3, open: 0, inUse: 0, idle: 0, waiting: 0 });
    const release = await hold(db, 2);
    expect(db.pool).toMatchObject({ max: 3, inUse: 2, waiting: 0 });
    const more = hold(db, 2);
    await expect.poll(() => db.pool).toEqual({ max: 3, open: 3, inUse: 3, idle: 0, waiting: 1 });
    await release();
    await (await more)();
    expect(db.pool).toEqual({ max: 3, open: 3, inUse: 0, idle: 3, waiting: 0 });
  });

  test('a full pool is waited for, and then it is told who holds it', async () => {
    await using db = openDb(database.url, {
      connectionsMax: 2,
      tags: () => ({ route: '/held' }),
      timeouts: { checkoutMs: 300, statementMs: 60_000, idleInTransactionMs: 60_000 },
    });
    await db.query('CREATE TABLE late (id int)');
    const release = await hold(db, 2);
    const failures = await Promise.all([
      failureOf(db.transaction((tx) => tx.query('INSERT INTO late VALUES (1)'))),
      failureOf(db.query('INSERT INTO late VALUES (2)')),
      failureOf(db.insert(plans).values({ id: 'late', name: 'l', priceCents: 0, monthlyCredits: 0 })),
    ]);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(errors.PoolExhausted);
      expect(failure.message).toMatch(/none of 2 connections .* 300 ms; held by .*pool\.test\.ts.*%2Fheld.* s, .* s$/);
    }
    const patient = db.transaction((tx) => tx.query('INSERT INTO late VALUES (3)'));
    await release();
    await patient;
    await db.query('INSERT INTO late VALUES (4)');
    expect((await db.query('SELECT id FROM late ORDER BY id')).rows).toEqual([{ id: 3 }, { id: 4 }]);
    await db.query('DROP TABLE late');
  });

  test('a slow statement is not taken for a full pool', async () => {
    await using db = openDb(database.url, { connectionsMax: 1, timeouts: { checkoutMs: 100 } });
    const slow = db.query('SELECT pg_sleep(0.6)');
    await Promise.all([slow, db.query('SELECT 1'), db.transaction((tx) => tx.query('SELECT 1'))]);
  });

  test('closing lets what runs and what waits come to its end, hooks too, and refuses the rest', async () => {
    const db = openDb(database.url, { connectionsMax: 1 });
    const hooked: number[] = [];
    const running = db.transaction(async (tx) => {
      tx.afterCommit(async () => hooked.push((await db.query('SELECT 1')).rowCount));
      await tx.query('SELECT pg_sleep(0.3)');
    });
    await expect.poll(() => db.pool.inUse).toBe(1);
    const waiting = db.query<{ one: number }>('SELECT 1 AS one');
    const closing = db.close();
    expect((await failureOf(db.transaction((tx) => tx.query('SELECT 1')))).message).toBe(
      'this database client was closed',
    );
    await Promise.all([running, closing]);
    expect((await waiting).rows).toEqual([{ one: 1 }]);
    expect(hooked).toEqual([1]);
    expect((await failureOf(db.query('SELECT 1'))).message).toBe('this database client was closed');
  });

  test('past the deadline what still runs or waits is broken off, and close ends', async () => {
    const db = openDb(database.url, { connectionsMax: 1, drainMs: 200 });
    const all = [failureOf(db.transaction((tx) => tx.query('SELECT pg_sleep(9)'))), failureOf(db.query('SELECT 1'))];
    await expect.poll(() => db.pool.inUse).toBe(1);
    await db.close();
    for (const failure of await Promise.all(all)) expect(failure).toBeInstanceOf(errors.DatabaseError);
  });

  const run = async (seconds: number, drainMs: number) => {
    const program = join(import.meta.dirname, 'programs/ends-on-signal.ts');
    const child = spawn(process.execPath, [program, database.url, String(seconds), String(drainMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 20_000 }).toContain('running');
    child.kill('SIGTERM');
    const [, signal] = await once(child, 'exit');
    return { said, signal };
  };

  test('SIGTERM: what runs is answered, then the process ends as the signal says', async () => {
    expect(await run(1, 20_000)).toEqual({ said: 'running\nslept 1\n', signal: 'SIGTERM' });
  });

  test('SIGTERM: past the deadline the process ends all the same', async () => {
    expect(await run(50, 300)).toEqual({ said: 'running\nConnectionLost\n', signal: 'SIGTERM' });
  });

  test('a cancel request that is refused does not end the process', async () => {
    await using proxy = await startCuttingProxy(database.url);
    const program = join(import.meta.dirname, 'programs/cancel-refused.ts');
    const child = spawn(process.execPath, [program, proxy.url], { stdio: ['pipe', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 20_000 }).toContain('running');
    proxy.refuse();
    child.stdin.write('stop');
    const [code] = await once(child, 'exit');
    expect({ said, code }).toEqual({ said: 'running\nslept\n', code: 0 });
  });

  test('connections that the server ends as soon as they are open fail their queries, and nothing else', async () => {
    await using proxy = await startCuttingProxy(database.url);
    await using db = openDb(proxy.url, { connectionsMax: 4, drainMs: 100 });
    await db.query('SELECT 1');
    const nobodys: unknown[] = [];
    const note = (error: unknown) => nobodys.push(error);
    process.on('unhandledRejection', note);
    // as a server that is shut down
    const fields = ['SFATAL', 'VFATAL', 'C57P01', 'Mterminating connection', ''].map((field) => `${field}\0`).join('');
    proxy.sever = (client) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(4 + fields.length);
      client.write(Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]));
    };
    proxy.cutReady = 2;
    const queries = await Promise.allSettled(Array.from({ length: 12 }, () => db.query('SELECT pg_sleep(0.05)')));
    await sleep(100);
    process.off('unhandledRejection', note);
    expect(proxy.cutReady).toBe(0);
    const reasons = queries.flatMap((query) => (query.status === 'rejected' ? [query.reason] : []));
    expect(nobodys).toEqual([]);
    for (const reason of reasons) expect(reason).toBeInstanceOf(errors.ConnectionLost);
  });

  test('arrays of every type are read and written, on a connection that was opened later too', async () => {
    await using db = openDb(database.url, { connectionsMax: 2 });
    await db.query('SELECT 1');
    const ask = (tx: Pick<typeof db, 'query'>) =>
      tx.query(
        `SELECT $1::text[] AS texts, $2::bigint[] AS numbers, $3::jsonb[] AS documents, $4::optimizer.job_status[] AS states,
           '{{a,b},{c,NULL}}'::text[] AS nested`,
        [['a', null, 'b"\\,{}', 'NULL'], [1, 2], [{ a: [1] }], ['PENDING']],
      );
    const expected = {
      texts: ['a', null, 'b"\\,{}', 'NULL'],
      numbers: ['1', '2'],
      documents: [{ a: [1] }],
      states: ['PENDING'],
      nested: [
        ['a', 'b'],
        ['c', null],
      ],
    };
    const onBoth = await db.transaction(async (tx) => [await ask(tx), await ask(db)]);
    for (const { rows } of onBoth) expect(rows).toEqual([expected]);
  });

  test('aborting a query that was sent behind another ends that one only', async () => {
    await using db = openDb(database.url, { connectionsMax: 1, timeouts: { statementMs: 60_000 } });
    await db.query('SELECT 1');
    const stop = new AbortController();
    const before = db.query<{ n: number }>('SELECT 1 AS n FROM pg_sleep(0.5)');
    const aborted = failureOf(db.query('SELECT pg_sleep(50)', [], { signal: stop.signal }));
    const behind = [2, 3].map((n) => db.query<{ n: number }>(`SELECT ${n} AS n`));
    await sleep(100);
    stop.abort();
    expect((await before).rows).toEqual([{ n: 1 }]);
    expect(await aborted).toBeInstanceOf(errors.QueryCanceled);
    for (const [at, query] of behind.entries()) expect((await query).rows).toEqual([{ n: at + 2 }]);
  });

  test('aborting a query loses no connection, be it one that is being opened or one of a transaction', async () => {
    await using db = openDb(database.url, { connectionsMax: 2, timeouts: { checkoutMs: 2_000 } });
    await db.query('CREATE TABLE aborted (id int)');
    const release = await hold(db, 1);
    const stop = new AbortController();
    const aborted = failureOf(db.query('INSERT INTO aborted VALUES (1)', [], { signal: stop.signal }));
    await Promise.resolve();
    stop.abort();
    expect(await aborted).toBeInstanceOf(errors.QueryCanceled);
    await release();
    await (await hold(db, 2))();
    const work = db.transaction(async (tx) => {
      const unsent = new AbortController();
      const insert = failureOf(tx.query('INSERT INTO aborted VALUES (2)', [], { signal: unsent.signal }));
      unsent.abort();
      expect(await insert).toBeInstanceOf(errors.QueryCanceled);
      await tx.query('SELECT 1');
    });
    expect(await failureOf(work)).toBeInstanceOf(errors.QueryCanceled);
    await (await hold(db, 2))();
    expect((await db.query('SELECT FROM aborted')).rowCount).toBe(0);
    await db.query('DROP TABLE aborted');
  });

  test('an abort during the first connect is heeded: nothing is sent', async () => {
    const { promise: open, resolve: letThrough } = Promise.withResolvers<void>();
    const { port, hostname } = new URL(database.url);
    const slow = createServer(async (socket) => {
      await open;
      const upstream = connect(Number(port), hostname);
      pipeline(socket, upstream, socket, () => {});
    });
    await once(slow.listen(0, '127.0.0.1'), 'listening');
    const address = slow.address() as AddressInfo;
    await database.sql`CREATE TABLE unheeded (id int)`;
    await using db = openDb(Object.assign(new URL(database.url), { port: String(address.port) }).href);
    const stop = new AbortController();
    const { signal } = stop;
    const works = [
      failureOf(db.query('INSERT INTO unheeded VALUES (1)', [], { signal })),
      failureOf(db.withSignal(signal).query('INSERT INTO unheeded VALUES (2)')),
      failureOf(db.transaction((tx) => tx.query('INSERT INTO unheeded VALUES (3)'), { signal })),
    ];
    await once(slow, 'connection');
    stop.abort();
    letThrough();
    for (const failure of await Promise.all(works)) expect(failure).toMatchObject({ name: 'AbortError' });
    expect((await db.query('SELECT FROM unheeded')).rowCount).toBe(0);
    slow.close();
  });

  test('the sum of the pools is held against what the server allows', async () => {
    await using web = openDb(database.url, { connectionsMax: 10, replicas: [database.url] });
    await using worker = openDb(database.url, { connectionsMax: 5 });
    const [limits] = await database.sql`SELECT current_setting('max_connections')::int AS max`;
    const [once, ...others] = await connectionBudget([web, worker], 2);
    expect(others).toEqual([]);
    expect(once).toMatchObject({ server: new URL(database.url).host, wanted: 2 * (10 + 1 + 10 + 5 + 1), fits: true });
    expect(once?.available).toBeLessThan(limits?.['max']);
    expect(await connectionBudget([web, worker], 50)).toMatchObject([{ fits: false }]);
  });

  test('perProcess: the same options give the same client, until it is closed', async () => {
    const first = openDb(database.url, { perProcess: true, tags: () => ({ module: 'first load' }) });
    expect(openDb(database.url, { perProcess: true, tags: () => ({ module: 'second load' }) })).toBe(first);
    await using other = openDb(database.url, { perProcess: true, connectionsMax: 3 });
    expect(other).not.toBe(first);
    await first.close();
    await using anew = openDb(database.url, { perProcess: true });
    expect(anew).not.toBe(first);
    expect((await anew.query('SELECT 1')).rowCount).toBe(1);
  });

  test('a signal cancels builder queries and transactions on the server, and no other query', async () => {
    await using db = openDb(database.url, { timeouts: { lockMs: 60_000, statementMs: 60_000 } });
    let otherQuery: Promise<unknown> | undefined;
    await database.sql.begin(async (sql) => {
      await sql`SELECT FROM optimizer.plans WHERE id = 'free' FOR UPDATE`;
      const stop = new AbortController();
      const abortable = db.withSignal(stop.signal);
      const free = eq(plans.id, 'free');
      const work = [
        failureOf(abortable.update(plans).set({ name: 'x' }).where(free)),
        failureOf(abortable.transaction((tx) => tx.update(plans).set({ name: 'x' }).where(free))),
        failureOf(db.transaction((tx) => tx.update(plans).set({ name: 'x' }).where(free), { signal: stop.signal })),
      ];
      const other = db.update(plans).set({ name: 'Other' }).where(free).execute();
      const waiting = () =>
        database.sql`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await expect.poll(waiting).toHaveLength(4);
      stop.abort();
      for (const failure of await Promise.all(work)) expect(failure).toBeInstanceOf(errors.QueryCanceled);
      await expect.poll(waiting).toHaveLength(1);
      expect(await failureOf(abortable.select().from(plans))).toMatchObject({ name: 'AbortError' });
      otherQuery = other;
    });
    await otherQuery;
    expect((await db.query.plans.findFirst({ where: { id: 'free' } }))?.name).toBe('Other');
  });
});
