import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db, SlowQuery } from '../../src/index.ts';
import { plans } from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { failureOf, openDb } from './support.ts';

describe.each(servers())('connections on PostgreSQL $version', ({ url }) => {
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

  test('creating a client connects to nothing', async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const { port } = listener.address() as AddressInfo;
    await using silent = openDb(`postgresql://nobody@127.0.0.1:${port}/nothing`);
    await sleep(100);
    expect(connections).toBe(0);
    // the listener does count
    expect(await silent.health()).toMatchObject({ ok: false });
    expect(connections).toBe(1);
    listener.close();
  });

  test('the limits of a profile are in force, and single ones can be set', async () => {
    const shown = `SELECT current_setting('statement_timeout') AS s, current_setting('lock_timeout') AS l, current_setting('idle_in_transaction_session_timeout') AS i`;
    expect((await db.query(shown)).rows).toEqual([{ s: '10s', l: '3s', i: '10s' }]);
    await using script = openDb(database.url, { profile: 'script', timeouts: { lockMs: 1_500 } });
    expect((await script.query(shown)).rows).toEqual([{ s: '0', l: '1500ms', i: '5min' }]);
  });

  test('a query over its time is canceled; a transaction left idle is ended and its connection given up', async () => {
    await using hasty = openDb(database.url, { timeouts: { statementMs: 200, idleInTransactionMs: 200 } });
    expect(await failureOf(hasty.query('SELECT pg_sleep(5)'))).toBeInstanceOf(errors.QueryCanceled);
    const idle = hasty.transaction(
      async (tx) => {
        await tx.query('SELECT 1');
        await sleep(600);
        await tx.query('SELECT 1');
      },
      { retries: 0 },
    );
    expect(await failureOf(idle)).toBeInstanceOf(errors.DatabaseError);
    expect((await hasty.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  test('aborting cancels the query on the server', async () => {
    const stop = new AbortController();
    const query = db.query('SELECT pg_sleep(30) AS aborted', [], { signal: stop.signal });
    setTimeout(() => stop.abort(), 200);
    expect(await failureOf(query)).toBeInstanceOf(errors.QueryCanceled);
    const running = await database.sql`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%aborted' AND state = 'active'`;
    expect(running).toHaveLength(0);
  });

  test('builder queries are prepared statements from their second use on', async () => {
    await using single = openDb(database.url, { connectionsMax: 1 });
    for (let times = 0; times < 3; times += 1) await single.select().from(plans).where(eq(plans.id, 'free'));
    const prepared = await single.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
    expect(prepared.rows.filter(({ statement }) => statement.includes('"optimizer"."plans"'))).toHaveLength(1);
  });

  test('no connection keeps more statements prepared than it may', async () => {
    await using single = openDb(database.url, { connectionsMax: 1, preparedMax: 5 });
    for (let number = 0; number < 20; number += 1)
      for (let times = 0; times < 2; times += 1) await single.query(`SELECT ${number} + $1::int`, [1]);
    const { rows } = await single.query(`SELECT FROM pg_prepared_statements WHERE statement LIKE '%$1::int%'`);
    expect(rows).toHaveLength(5);
  });

  test('prepare: false prepares nothing', async () => {
    await using single = openDb(database.url, { connectionsMax: 1, prepare: false });
    for (let times = 0; times < 3; times += 1) await single.select().from(plans).where(eq(plans.id, 'free'));
    expect((await single.query('SELECT FROM pg_prepared_statements')).rowCount).toBe(0);
  });

  test('a slow query is told with its text and without its values', async () => {
    const told: SlowQuery[] = [];
    await using slow = openDb(database.url, { slowMs: 100, onSlowQuery: (query) => told.push(query) });
    await slow.query('SELECT pg_sleep(0.2), $1::text', ['a secret']);
    await slow.query('SELECT 1');
    expect(told).toEqual([{ app: 'test', text: 'SELECT pg_sleep(0.2), $1::text', durationMs: expect.any(Number) }]);
  });

  test('a slow-query log or tags that throw fail no query and replace no error; the process is warned', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => void warnings.push(message);
    process.on('warning', note);
    const fail = () => {
      throw new Error('log server');
    };
    await using db = openDb(database.url, { slowMs: 0, onSlowQuery: fail, tags: fail });
    const free = { id: 'throwing', name: 'T', priceCents: 0, monthlyCredits: 0 };
    await db.insert(plans).values(free);
    expect(await failureOf(db.insert(plans).values(free))).toBeInstanceOf(errors.UniqueViolation);
    await db.transaction((tx) => tx.delete(plans).where(eq(plans.id, 'throwing')));
    expect(await db.query.plans.findFirst({ where: { id: 'throwing' } })).toBeUndefined();
    await expect
      .poll(() => new Set(warnings))
      .toEqual(new Set(['tags of createDb failed: log server', 'onSlowQuery of createDb failed: log server']));
    process.off('warning', note);
  });

  test('tags are sent as a comment that no value can end', async () => {
    await using tagged = openDb(database.url, { tags: () => ({ route: "/a'*/; x", app: 'web' }) });
    const { rows } = await tagged.query<{ query: string }>(
      'SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()',
    );
    expect(rows[0]?.query).toMatch(/ \/\*app='web',route='%2Fa%27%2A%2F%3B%20x'\*\/$/);
  });

  test('a client of its own keeps its session, and refuses to go on in another', async () => {
    await using client = await db.getClient();
    await client.query('BEGIN');
    await client.query("INSERT INTO optimizer.plans VALUES ('session', 's', 0, 0)");
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.sql`SELECT pg_terminate_backend(${rows[0]?.pid ?? 0})`;
    await sleep(100);
    expect(await failureOf(client.query("INSERT INTO optimizer.plans VALUES ('stray', 's', 0, 0)"))).toBeInstanceOf(
      errors.TransactionOver,
    );
    expect(await db.query.plans.findMany({ where: { id: { in: ['session', 'stray'] } } })).toEqual([]);
  });

  test('a row without an expected column is refused', async () => {
    const query = db.query('SELECT id, name AS title FROM optimizer.plans', [], { columns: ['id', 'name'] });
    expect(await failureOf(query)).toMatchObject({ code: 'DB_CLIENT_UNKNOWN_COLUMN' });
  });

  test('health tells how the server is, and close waits for what runs', async () => {
    const own = openDb(database.url);
    expect(await own.health()).toMatchObject({ ok: true, connection: 'direct', standby: false });
    const running = own.query('SELECT pg_sleep(0.3), 7 AS seven');
    await sleep(50);
    await Promise.all([own.close(), own.close()]);
    expect((await running).rows).toMatchObject([{ seven: 7 }]);
  });

  test('close does not wait longer than drainMs', async () => {
    const own = openDb(database.url, { drainMs: 200 });
    const running = failureOf(own.query('SELECT pg_sleep(8)'));
    await sleep(100);
    const startedAt = performance.now();
    await own.close();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await running).toBeInstanceOf(errors.ConnectionLost);
  });

  test('update and delete without a condition are refused; and(undefined) is none', async () => {
    expect(await failureOf(db.delete(plans))).toMatchObject({ code: 'DB_CLIENT_NO_WHERE' });
    expect(await failureOf(db.update(plans).set({ name: 'x' }).where(undefined))).toMatchObject({
      code: 'DB_CLIENT_NO_WHERE',
    });
  });
});
