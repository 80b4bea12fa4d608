import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as errors from '../../src/errors.ts';
import { servers } from '../support/database.ts';
import { caughtUp, type Replicated, startReplicated } from './replicated.ts';
import { failureOf, openDb } from './support.ts';

const WRITERS = 6;
const STANDBY = 'SELECT pg_is_in_recovery() AS standby';

/** `postgresql://user:password@a,b/database` of two URLs that differ in their hosts only. */
const both = (a: string, b: string) => a.replace(new URL(a).host, `${new URL(a).host},${new URL(b).host}`);

describe.each(servers())('failover on PostgreSQL $version', ({ version }) => {
  let pair: Replicated;
  beforeAll(async () => {
    // each commit waits for the standby, so that none is lost with the primary
    pair = await startReplicated(version, { synchronous_standby_names: 'standby', synchronous_commit: 'on' });
    await pair.primary.sql`CREATE TABLE writes (id text NOT NULL)`;
    await caughtUp(pair);
  });
  afterAll(() => pair[Symbol.asyncDispose]());

  test('of several hosts the one that takes writes is used, wherever it stands; any takes the first', async () => {
    const { primary, standby } = pair;
    for (const url of [both(primary.url, standby.url), both(standby.url, primary.url)]) {
      await using db = openDb(url);
      expect((await db.query(STANDBY)).rows).toEqual([{ standby: false }]);
    }
    await using any = openDb(`${both(standby.url, primary.url)}?target_session_attrs=any`);
    expect((await any.query(STANDBY)).rows).toEqual([{ standby: true }]);
  });

  test('aborting cancels on the server that runs the query', async () => {
    await using db = openDb(both(pair.standby.url, pair.primary.url));
    const stop = new AbortController();
    const query = db.query('SELECT pg_sleep(60) AS aborted_there', [], { signal: stop.signal });
    const running = () =>
      pair.primary.sql`SELECT FROM pg_stat_activity WHERE query LIKE '%aborted_there' AND state = 'active'`;
    await expect.poll(running).toHaveLength(1);
    stop.abort();
    expect(await failureOf(query)).toBeInstanceOf(errors.QueryCanceled);
    await expect.poll(running).toHaveLength(0);
  });

  test('the primary is killed under writers: the promoted one is found, no acknowledged write is lost, none doubled', async () => {
    const { primary, standby } = pair;
    await using db = openDb(both(primary.url, standby.url), {
      connectionsMax: WRITERS,
      timeouts: { failoverMs: 60_000 },
    });
    // 25006: this one knows the standby only, and waits for it to take writes
    await using early = openDb(standby.url, { timeouts: { failoverMs: 60_000 } });
    await early.query(STANDBY);
    const promoted = early.query("INSERT INTO writes VALUES ('early')");
    const [acknowledged, unknown] = [new Set<string>(), new Set<string>()];
    let afterKill: number | undefined;
    const write = async (writer: number) => {
      for (let count = 0; afterKill === undefined || acknowledged.size < afterKill + 100; count += 1) {
        const id = `${writer}-${count}`;
        await db
          .transaction((tx) => tx.query('INSERT INTO writes VALUES ($1)', [id]), { retries: 10 })
          .then(
            () => acknowledged.add(id),
            (error) => {
              if (!(error instanceof errors.CommitUnknown)) throw error;
              unknown.add(id);
            },
          );
      }
    };
    const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(100);
    await primary.kill();
    afterKill = acknowledged.size;
    await sleep(300);
    await standby.sql`SELECT pg_promote()`;
    await writers;
    await promoted;
    const written = await standby.sql<
      { id: string; times: number }[]
    >`SELECT id, count(*)::int AS times FROM writes GROUP BY id`;
    const times = new Map(written.map((row) => [row.id, row.times]));
    expect([...acknowledged].filter((id) => times.get(id) !== 1)).toEqual([]);
    expect([...unknown].filter((id) => (times.get(id) ?? 0) > 1)).toEqual([]);
    expect(times.get('early')).toBe(1);
    expect(unknown.size).toBeLessThanOrEqual(WRITERS);
  });

  test('a server that is shutting down or starting (57P03) is waited for, by those who knew it', async () => {
    const { url, sql, shutDownSmartly, stop, start } = pair.standby;
    const limits = { connectionsMax: 1, timeouts: { failoverMs: 60_000 } };
    await using db = openDb(url, limits);
    await using hasty = openDb(url, { ...limits, timeouts: { failoverMs: 0 } });
    await Promise.all([db.query('SELECT 1'), hasty.query('SELECT 1')]);
    await sql`SELECT 1`;
    shutDownSmartly();
    const refused = async () => {
      await using stranger = openDb(url);
      return await failureOf(stranger.query('SELECT 1'));
    };
    await expect.poll(refused).toMatchObject({ sqlState: '57P03' });
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'test %'`;
    // whenever it is sent, while the connection breaks or after, a query has an end
    await expect.poll(() => failureOf(hasty.query('SELECT 1'))).toBeInstanceOf(errors.ServerUnreachable);
    const waiting = db.transaction((tx) => tx.query(STANDBY));
    await sleep(200);
    await stop();
    await start();
    expect((await waiting).rows).toEqual([{ standby: false }]);
  });

  test('where no host takes writes it is told of each host why', async () => {
    await pair.standby.stop();
    await using db = openDb(both(pair.primary.url, pair.standby.url));
    const error = await failureOf(db.query('SELECT 1'));
    expect(error).toBeInstanceOf(errors.ServerUnreachable);
    expect(error.message).toMatch(
      /no host takes writes \(127\.0\.0\.1:\d+: .*ECONNREFUSED.*; 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    );
    await using one = openDb(pair.primary.url);
    expect(await failureOf(one.query('SELECT 1'))).toMatchObject({ sqlState: 'ECONNREFUSED' });
    expect(await failureOf(one.query('SELECT 1'))).toMatchObject({ sqlState: 'ECONNREFUSED' });
  });
});
