import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresVersion, startPostgres } from '@repo/local-postgres';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { grant, wrongLedgers } from './support/grant.ts';
import { startProgram } from './support/program.ts';
import { type Reply, type RunningApp, startTestApp, type Tenant, tenantOf, until } from './support/running-app.ts';

vi.setConfig({ testTimeout: 180_000 });

const ITEMS = 5;
const REQUEST = {
  sourceScope: 'products',
  sourceIds: Array.from({ length: ITEMS }, (_, n) => `p${n}`),
  attributes: ['name'],
  targetLang: 'en',
};

describe.each(testServers())('killed programs on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startTestApp(url);
  });
  afterAll(async () => {
    expect(await wrongLedgers(app.database)).toEqual([]);
    await app[Symbol.asyncDispose]();
  });
  const doneJob = async (shop: Tenant, sourceId: string): Promise<Reply['body']['rows'][number]> => {
    const { id } = (await shop.call('POST', '/jobs', { ...REQUEST, sourceIds: [sourceId] })).body;
    await until(
      async () => (await shop.call('GET', `/jobs/${id}`)).body.status,
      (status) => status === 'DONE',
    );
    const [item] = (await shop.call('GET', `/jobs/${id}/items`)).body.rows;
    if (item === undefined) throw new Error('a job that is done has an item');
    return item;
  };

  test('an API that is killed and started again under load loses nothing that it promised, and does nothing twice', async () => {
    const shops = await Promise.all([app.install(), app.install()]);
    for (const { instanceId } of shops) await grant(app.database, instanceId, 10_000);
    let api = await startProgram('api', app.apiEnvironment);
    const promised: string[] = [];
    const keys: string[] = [];
    let cuts = 0;
    let isOver = false;
    // as a client does: a request without an answer is sent again, with its key
    const client = async (shop: Tenant) => {
      while (!isOver) {
        const key = randomUUID();
        keys.push(key);
        for (let isAnswered = false; !isAnswered; ) {
          const to = tenantOf(api.url, app.wix, shop.instanceId);
          try {
            const { status, body } = await to.call('POST', '/jobs', REQUEST, { 'idempotency-key': key });
            expect([200, 201]).toContain(status);
            promised.push(body.id);
            isAnswered = true;
          } catch (error) {
            if (!(error instanceof TypeError)) throw error;
            cuts += 1;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      }
    };
    const worker = await app.work();
    const clients = Promise.all([...shops, ...shops].map(client));
    for (let kill = 1; kill <= 3; kill += 1) {
      await until(
        async () => promised.length,
        (count) => count >= kill * 15,
      );
      await api.end('SIGKILL');
      api = await startProgram('api', app.apiEnvironment);
    }
    isOver = true;
    await clients;
    await api.end('SIGTERM');
    expect(cuts).toBeGreaterThan(0);
    expect(new Set(promised).size).toBe(keys.length);
    const { rows } = await until(
      () =>
        app.database.owner.query<{ id: string; status: string; done: number; items: number }>(
          `SELECT j.id, j.status::text, items_done AS done, count(i.id)::integer AS items
           FROM optimizer.jobs AS j LEFT JOIN optimizer.job_items AS i ON i.job_id = j.id GROUP BY j.id`,
        ),
      (found) => found.rows.every(({ status }) => status === 'DONE'),
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...promised].sort());
    for (const row of rows) expect(row).toMatchObject({ done: ITEMS, items: ITEMS });
    await worker.stop();
  });

  test('a publication that is killed between the write at Wix and the log is found and logged at the next start', async () => {
    const shop = await app.install();
    const worker = await app.work();
    const item = await doneJob(shop, 'killed');
    await worker.stop();
    const api = await startProgram('api', app.apiEnvironment);
    app.wix.failNext('/stores/v1/products', 'done, then silent');
    const cut = tenantOf(api.url, app.wix, shop.instanceId).call('POST', '/publish', { itemIds: [item.id] });
    const rejected = expect(cut).rejects.toThrow();
    await until(
      async () => app.wix.writes.get('killed'),
      (writes) => writes === 1,
    );
    await api.end('SIGKILL');
    await rejected;
    expect((await shop.call('GET', '/publish-logs')).body.rows).toEqual([]);
    // two minutes later
    await app.database.owner.query(`UPDATE optimizer.publish_intents SET expires_at = now()`);
    const next = await app.work();
    const [log] = await until(
      async () => (await shop.call('GET', '/publish-logs')).body.rows,
      (rows) => rows.length > 0,
    );
    expect(log).toMatchObject({ productId: 'killed', attribute: 'name', appliedValue: item.after });
    expect(await shop.call('POST', '/publish', { itemIds: [item.id] })).toMatchObject({
      status: 200,
      body: { results: [{ outcome: 'already published' }] },
    });
    expect(app.wix.writes.get('killed')).toBe(1);
    await next.stop();
  });
});

test.each(testServers())(
  'a database of PostgreSQL $version that is restarted under load ends no program, loses nothing that was promised, and does nothing twice',
  async ({ version }) => {
    await using stack = new AsyncDisposableStack();
    const home = await mkdtemp(join(tmpdir(), 'optimizer-restart-'));
    stack.defer(() => rm(home, { recursive: true, force: true }));
    // the server may run as another user, who must get through here
    await chmod(home, 0o755);
    const start = () =>
      startPostgres({
        source: 'embedded',
        version: version as PostgresVersion,
        persist: join(home, 'server'),
        durable: false,
      });
    let server = await start();
    stack.defer(() => server.stop());
    const app = stack.use(await startTestApp(server.url));
    const shop = await app.install();
    await grant(app.database, shop.instanceId, 10_000);
    const environment = { ...app.workerEnvironment, LEASE_S: '2', POLL_S: '1' };
    const [api, worker] = await Promise.all([
      startProgram('api', app.apiEnvironment),
      startProgram('worker', environment),
    ]);
    for (const program of [api, worker]) stack.use(program);
    const promised: string[] = [];
    const keys: string[] = [];
    const refusals = new Set<string>();
    let isOver = false;
    const client = async () => {
      const { call } = tenantOf(api.url, app.wix, shop.instanceId);
      while (!isOver) {
        const key = randomUUID();
        keys.push(key);
        for (let isAnswered = false; !isAnswered; ) {
          const { status, body } = await call('POST', '/jobs', REQUEST, { 'idempotency-key': key });
          isAnswered = status < 300;
          if (isAnswered) promised.push(body.id);
          else refusals.add(`${status} ${body.code}`);
        }
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, client));
    const promises = (least: number) =>
      until(
        async () => promised.length,
        (count) => count >= least,
      );
    await promises(15);
    await server.stop();
    server = await start();
    await promises(promised.length + 15);
    isOver = true;
    await clients;
    for (const refusal of refusals) expect(refusal).toBe('503 UNAVAILABLE');
    expect(new Set(promised).size).toBe(keys.length);
    const { rows } = await until(
      () =>
        app.database.owner.query<{ id: string; status: string; done: number }>(
          'SELECT id, status::text, items_done AS done FROM optimizer.jobs',
        ),
      (found) => found.rows.every(({ status }) => status === 'DONE'),
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...promised].sort());
    for (const row of rows) expect(row.done).toBe(ITEMS);
    expect(await wrongLedgers(app.database)).toEqual([]);
    expect([await api.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
  },
);
