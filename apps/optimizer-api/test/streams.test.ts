import { setTimeout as sleep } from 'node:timers/promises';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readApiEnv } from '../src/env.ts';
import { startApi } from '../src/start-api.ts';
import { type RunningApp, startTestApp, type Tenant, until } from './support/running-app.ts';

const REQUEST = { sourceScope: 'products', sourceIds: ['p'], attributes: ['name'], targetLang: 'en' };
/** Streams that a shop may have open at once. */
const MOST = 100;
/** The reads that a lock holds back. */
const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'optimizer-api%' AND wait_event_type = 'Lock'`;

describe.each(testServers().slice(-1))('streams of progress on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  let shop: Tenant;
  let jobId: string;
  beforeAll(async () => {
    app = await startTestApp(url);
  });
  afterAll(() => app[Symbol.asyncDispose]());
  const newJob = async () => {
    shop = await app.install();
    jobId = (await shop.call('POST', '/jobs', REQUEST)).body.id;
  };
  const watch = (signal: AbortSignal, api = app.url) =>
    fetch(`${api}/jobs/${jobId}/events`, {
      headers: { authorization: app.wix.instanceToken(shop.instanceId) },
      signal,
    });
  const notify = () => app.database.owner.query(`SELECT pg_notify('optimizer_progress', $1)`, [jobId]);

  test(`a shop has ${MOST} streams at most, others are not affected, and one that was left makes room`, async () => {
    await newJob();
    const [left, stays] = [new AbortController(), new AbortController()];
    const opened = await Promise.all(Array.from({ length: MOST }, (_, n) => watch((n < 9 ? left : stays).signal)));
    expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await watch(stays.signal);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    const first = { shop, jobId };
    await newJob();
    expect((await watch(stays.signal)).status).toBe(200);
    ({ shop, jobId } = first);
    left.abort();
    await until(
      async () => (await watch(stays.signal)).status,
      (status) => status === 200,
    );
    stays.abort();
  });

  test('HEAD opens no stream', async () => {
    await newJob();
    for (let asked = 0; asked <= MOST; asked += 1)
      expect((await shop.call('HEAD', `/jobs/${jobId}/events`)).status).toBe(200);
    const over = new AbortController();
    expect((await watch(over.signal)).status).toBe(200);
    over.abort();
    expect((await shop.call('HEAD', '/jobs/999999/events')).status).toBe(404);
  });

  test('however many watch a job, it is read once for all of them', async () => {
    await newJob();
    const over = new AbortController();
    const readers = (await Promise.all(Array.from({ length: 15 }, () => watch(over.signal)))).map(({ body }) =>
      body?.getReader(),
    );
    for (const reader of readers) await reader?.read();
    const waiting = await app.database.owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE optimizer.jobs');
      await notify();
      await until(
        async () => (await app.database.owner.query(WAITING)).rowCount,
        (count) => count > 0,
      );
      await sleep(100);
      return (await app.database.owner.query(WAITING)).rowCount;
    });
    expect(waiting).toBe(1);
    over.abort();
  });

  test('a stream outlives a database that does not answer for a while', async () => {
    await newJob();
    const stream = await watch(AbortSignal.timeout(60_000));
    const text = stream.text();
    await app.database.owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE optimizer.jobs');
      await notify();
      // longer than a read waits for a lock
      await sleep(3_500);
    });
    await shop.call('POST', `/jobs/${jobId}/cancel`);
    expect(await text).toContain('"status":"PENDING"');
    expect((await text).trimEnd()).toMatch(/event: progress\ndata: .*"status":"CANCELED".*$/);
  });

  test('stopping ends streams at once, whole, and does not wait for connections that are kept for more', async () => {
    await newJob();
    const api = await startApi(readApiEnv(app.apiEnvironment));
    const stream = await watch(AbortSignal.timeout(60_000), api.url);
    const text = stream.text();
    // a request under way, whose connection is kept afterwards
    const underWay = app.database.owner.transaction(async (tx) => {
      await tx.query('LOCK TABLE optimizer.app_instances');
      await sleep(400);
    });
    await sleep(100);
    const me = fetch(`${api.url}/me`, { headers: { authorization: app.wix.instanceToken(shop.instanceId) } });
    await sleep(100);
    const begun = performance.now();
    await api.stop();
    expect(performance.now() - begun).toBeLessThan(2_500);
    expect((await me).status).toBe(200);
    expect(await text).toContain('"status":"PENDING"');
    await underWay;
  });
});
