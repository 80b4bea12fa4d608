import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import type { Db } from '../../src/index.ts';
import { plans } from '../../src/optimizer/index.ts';
import { servers } from '../support/database.ts';
import { caughtUp, type Replicated, startReplicated } from './replicated.ts';
import { failureOf, openDb } from './support.ts';

const plan = (id: string) => ({ id, name: id, priceCents: 0, monthlyCredits: 0 });
const STANDBY = sql<boolean>`pg_is_in_recovery()`;

describe.each(servers())('read replicas on PostgreSQL $version', ({ version }) => {
  let servers: Replicated;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    servers = await startReplicated(version);
    db = openDb(servers.primary.url, { replicas: [servers.standby.url] });
    await caughtUp(servers);
  });
  afterAll(async () => {
    await db.close();
    await servers[Symbol.asyncDispose]();
  });
  const standbyOf = async (reads: Pick<Db<'optimizer'>, 'query'>) =>
    (await reads.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')).rows[0]?.standby;

  test('everything goes to the primary unless a replica is asked for', async () => {
    expect(await standbyOf(db)).toBe(false);
    expect(await db.select({ standby: STANDBY }).from(plans).limit(1)).toEqual([{ standby: false }]);
    expect(await db.transaction((tx) => standbyOf(tx))).toBe(false);
  });

  test('builders, relational queries, raw SQL and transactions read from the replica', async () => {
    const replica = db.replica();
    expect(await standbyOf(replica)).toBe(true);
    expect(await replica.select({ standby: STANDBY }).from(plans).limit(1)).toEqual([{ standby: true }]);
    expect(await replica.query.plans.findFirst({ where: { id: 'free' } })).toMatchObject({ id: 'free' });
    expect(await replica.transaction((tx) => standbyOf(tx))).toBe(true);
  });

  test('nothing can be written, neither on the replica nor where the primary stands in for it', async () => {
    await using alone = openDb(servers.primary.url);
    for (const reads of [db.replica(), alone.replica()]) {
      const write = "UPDATE optimizer.plans SET name = 'x'";
      expect(await failureOf(reads.query(write))).toBeInstanceOf(errors.ReadOnly);
      expect(await failureOf(reads.transaction((tx) => tx.query(write)))).toBeInstanceOf(errors.ReadOnly);
    }
    expect(await standbyOf(alone.replica())).toBe(false);
  });

  test('after a position, a read sees what was written before it, however far the replica lags', async () => {
    await servers.standby.sql`SELECT pg_wal_replay_pause()`;
    await db.insert(plans).values(plan('fresh'));
    const after = await db.position();
    const read = (reads: Pick<Db<'optimizer'>, 'select'>) => reads.select().from(plans).where(eq(plans.id, 'fresh'));
    expect(await read(db.replica())).toEqual([]);
    expect(await read(db.replica({ after }))).toHaveLength(1);
    await servers.standby.sql`SELECT pg_wal_replay_resume()`;
    await caughtUp(servers);
    const { rows } = await db.replica({ after }).query('SELECT pg_is_in_recovery() AS standby');
    expect(rows).toEqual([{ standby: true }]);
  });

  test('a read that is canceled because the replica must go on replaying is answered elsewhere', async () => {
    await db.query('CREATE TABLE watched (id int)');
    await caughtUp(servers);
    const slow = db
      .replica()
      .query(
        'SELECT pg_is_in_recovery() AS standby FROM (SELECT count(*) FROM watched) AS w, pg_sleep(CASE WHEN pg_is_in_recovery() THEN 60 ELSE 0 END)',
      );
    const running = () =>
      servers.standby.sql`SELECT FROM pg_stat_activity WHERE query LIKE '%watched%' AND wait_event = 'PgSleep'`;
    await expect.poll(running).toHaveLength(1);
    await db.query('TRUNCATE watched');
    expect((await slow).rows).toEqual([{ standby: false }]);
  });

  test('without its replicas it reads from the primary, and from a replica again once there is one', async () => {
    await using own = openDb(servers.primary.url, {
      replicas: ['postgresql://nobody@127.0.0.1:1/none', servers.standby.url],
    });
    for (let times = 0; times < 4; times += 1) expect(await standbyOf(own.replica())).toBe(true);
    await servers.standby.stop();
    expect(await standbyOf(own.replica())).toBe(false);
    expect(await own.replica().transaction((tx) => standbyOf(tx))).toBe(false);
    await servers.standby.start();
    await expect.poll(() => standbyOf(own.replica()), { timeout: 30_000, interval: 500 }).toBe(true);
  });

  test('where the url itself leads to a replica, health says so and writes are refused', async () => {
    await using reads = openDb(servers.standby.url, { timeouts: { failoverMs: 100 } });
    expect(await reads.health()).toMatchObject({ ok: true, standby: true });
    expect(await failureOf(reads.query('CREATE TABLE never ()', [], {}))).toBeInstanceOf(errors.ReadOnly);
  });
});
