import { createDb } from '@repo/db';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import { type ClaimedItem, exchangeItems, extendLeases } from '../src/queries/queue.ts';
import { Worker, type WorkerOptions } from '../src/worker/worker.ts';
import { grant, wrongLedgers } from './support/grant.ts';
import { startProgram } from './support/program.ts';
import { type RunningApp, startTestApp, type Tenant, until } from './support/running-app.ts';

const log = createLog('test', 'silent');
const LIMITS = { wanted: 100, leaseMs: 60_000, perShopMax: 20 };

describe.each(testServers())('workers on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  let db: ReturnType<typeof openWorkerDb>;
  const openWorkerDb = () =>
    createDb({ domain: 'optimizer', url: app.database.workerUrl, app: 'test', connectionsMax: 4 });
  beforeAll(async () => {
    app = await startTestApp(url);
    db = openWorkerDb();
    // every result that is ever written, by whomever
    await app.database.owner.query('CREATE TABLE public.results (item bigint, status text)');

    await app.database.owner.query(`CREATE FUNCTION public.note_result() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      $$ BEGIN INSERT INTO public.results VALUES (NEW.id, NEW.status); RETURN NULL; END $$`);
    await app.database.owner.query(`CREATE TRIGGER note_result AFTER UPDATE ON optimizer.job_items FOR EACH ROW
      WHEN (NEW.status IN ('DONE', 'FAILED')) EXECUTE FUNCTION public.note_result()`);
  });
  afterAll(async () => {
    expect(await wrongLedgers(app.database)).toEqual([]);
    await db.close();
    await app[Symbol.asyncDispose]();
  });

  const newJob = async (items: number): Promise<{ shop: Tenant; id: string }> => {
    const shop = await app.install();
    await grant(app.database, shop.instanceId, items);
    const sourceIds = Array.from({ length: items }, (_, n) => `p${n}`);
    const body = { sourceScope: 'products', sourceIds, attributes: ['name'], targetLang: 'en', userPrompt: '' };
    return { shop, id: (await shop.call('POST', '/jobs', body)).body.id };
  };
  const readJob = async ({ shop, id }: { shop: Tenant; id: string }) => (await shop.call('GET', `/jobs/${id}`)).body;
  const ended = (job: { shop: Tenant; id: string }) =>
    until(
      () => readJob(job),
      ({ status }) => status !== 'PENDING' && status !== 'RUNNING',
    );
  const resultsOf = async (id: string) =>
    (
      await app.database.owner.query<{ writes: number; items: number }>(
        `SELECT count(*)::integer AS writes, count(DISTINCT r.item)::integer AS items
         FROM public.results AS r JOIN optimizer.job_items AS i ON i.id = r.item WHERE i.job_id = $1`,
        [id],
      )
    ).rows[0];
  const startLocal = (changes: Partial<WorkerOptions>) => {
    const worker = new Worker({
      db,
      log,
      process: async () => ({ before: '', after: 'x' }),
      concurrency: 50,
      perShopMax: 20,
      leaseMs: 2_000,
      pollMs: 200,
      retryMs: 10,
      ...changes,
    });
    worker.start();
    return worker;
  };

  test('two workers, one killed in the middle of 1,000 items: each item has one result, the job ends once, credits fit', async () => {
    const job = await newJob(1_000);
    const environment = { LEASE_S: '2', ITEMS_PER_SHOP_MAX: '40', WORKER_CONCURRENCY: '20' };
    const start = () => startProgram('worker', { ...app.workerEnvironment, ...environment });
    const [victim, survivor] = await Promise.all([start(), start()]);
    await until(
      () => readJob(job),
      ({ progress }) => progress.done >= 200,
    );
    await victim.end('SIGKILL');
    const done = await ended(job);
    expect(await survivor.end('SIGTERM')).toBe(0);
    expect(done).toMatchObject({ status: 'DONE', progress: { total: 1_000, done: 1_000, failed: 0 } });
    expect(await resultsOf(job.id)).toEqual({ writes: 1_000, items: 1_000 });
    expect((await job.shop.call('GET', '/me')).body.credits).toMatchObject({ used: 1_000, left: 100 });
  });

  test('a claim is given to one worker only, and 20 items of a shop run at once however many ask', async () => {
    const jobs = [await newJob(200), await newJob(200)];
    const claims = await Promise.all(Array.from({ length: 8 }, () => exchangeItems(db, [], LIMITS)));
    const claimed = [...claims.flat(), ...(await exchangeItems(db, [], LIMITS))];
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
    for (const { id } of jobs) expect(claimed.filter(({ jobId }) => jobId === id)).toHaveLength(20);
    for (const { shop, id } of jobs) await shop.call('POST', `/jobs/${id}/cancel`);
  });

  test('a worker whose lease ended is refused: its result is not written over the one of who took over', async () => {
    const job = await newJob(1);
    const [slow] = (await exchangeItems(db, [], { ...LIMITS, leaseMs: 50 })) as [ClaimedItem];
    const [fast] = (await until(
      () => exchangeItems(db, [], LIMITS),
      (items) => items.length > 0,
    )) as [ClaimedItem];
    expect(fast).toMatchObject({ id: slow.id, attempts: 2 });
    // nobody notices a lost claim on an item that others hold but the one who lost it
    expect(await extendLeases(db, [slow], 60_000)).toEqual(new Set([slow.id]));
    expect(await extendLeases(db, [fast], 60_000)).toEqual(new Set());
    await exchangeItems(db, [{ item: fast, status: 'DONE', before: 'b', after: 'fast' }], { ...LIMITS, wanted: 0 });
    await exchangeItems(db, [{ item: slow, status: 'DONE', before: 'b', after: 'slow' }], { ...LIMITS, wanted: 0 });
    await exchangeItems(db, [{ item: slow, status: 'FAILED', error: 'x' }], { ...LIMITS, wanted: 0 });
    expect((await job.shop.call('GET', `/jobs/${job.id}/items`)).body.rows).toMatchObject([
      { status: 'DONE', after: 'fast' },
    ]);
    expect(await readJob(job)).toMatchObject({ status: 'DONE', progress: { done: 1, failed: 0 } });
    expect(await resultsOf(job.id)).toEqual({ writes: 1, items: 1 });
  });

  test('work that takes longer than a lease is not taken away from a worker that lives', async () => {
    const job = await newJob(3);
    let begun = 0;
    const worker = startLocal({
      leaseMs: 1_500,
      process: async () => {
        begun += 1;
        await new Promise((resolve) => setTimeout(resolve, 2_200));
        return { before: '', after: 'x' };
      },
    });
    expect((await ended(job)).status).toBe('DONE');
    await worker.stop(0);
    expect(begun).toBe(3);
  });

  test('an item that failed three times is FAILED with its error, and a job whose items all failed is FAILED', async () => {
    const job = await newJob(4);
    const begun = new Map<string, number>();
    const worker = startLocal({
      process: async ({ productId }) => {
        begun.set(productId, (begun.get(productId) ?? 0) + 1);
        throw new Error(`no text for ${productId}`);
      },
    });
    expect(await ended(job)).toMatchObject({
      status: 'FAILED',
      error: 'every item failed',
      progress: { total: 4, done: 0, failed: 4 },
    });
    await worker.stop(0);
    expect([...begun.values()]).toEqual([3, 3, 3, 3]);
    const { rows } = (await job.shop.call('GET', `/jobs/${job.id}/items`)).body;
    expect(rows[0]).toMatchObject({ status: 'FAILED', error: 'no text for p0' });
  });

  test('what PostgreSQL cannot keep of an answer is left out, and does not come back for ever', async () => {
    const job = await newJob(2);
    const worker = startLocal({
      process: async ({ productId }) => {
        if (productId === 'p0') return { before: 'a\0b', after: '\ud800 "c\\", {d}\0' };
        throw new Error('no\0');
      },
    });
    expect(await ended(job)).toMatchObject({ status: 'DONE', progress: { done: 1, failed: 1 } });
    await worker.stop(0);
    expect((await job.shop.call('GET', `/jobs/${job.id}/items`)).body.rows).toMatchObject([
      { before: 'ab', after: '\ufffd "c\\", {d}' },
      { error: 'no' },
    ]);
  });

  test('a job with one good item among failed ones is DONE', async () => {
    const job = await newJob(3);
    const worker = startLocal({
      process: async ({ productId }) => {
        if (productId !== 'p1') throw new Error('no');
        return { before: '', after: 'x' };
      },
    });
    expect(await ended(job)).toMatchObject({ status: 'DONE', progress: { done: 1, failed: 2 } });
    await worker.stop(0);
  });

  test('an item at which three workers died is not begun a fourth time', async () => {
    const job = await newJob(1);
    for (let death = 0; death < 3; death += 1)
      await until(
        () => exchangeItems(db, [], { ...LIMITS, leaseMs: 20 }),
        (items) => items.length > 0,
      );
    let begun = 0;
    const worker = startLocal({
      process: async () => {
        begun += 1;
        return { before: '', after: 'x' };
      },
    });
    expect(await ended(job)).toMatchObject({ status: 'FAILED' });
    await worker.stop(0);
    expect(begun).toBe(0);
    const { rows } = (await job.shop.call('GET', `/jobs/${job.id}/items`)).body;
    expect(rows[0]?.error).toBe('3 workers in turn died at it');
  });

  test('a worker that is stopped gives its items back at once, and no attempt is counted', async () => {
    const job = await newJob(5);
    let begun = 0;
    const stuck = startLocal({
      leaseMs: 600_000,
      process: (_, signal) =>
        new Promise((_resolve, reject) => {
          begun += 1;
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    await until(
      async () => begun,
      (count) => count === 5,
    );
    const shown = (await job.shop.call('GET', `/jobs/${job.id}/items`)).body.rows;
    expect(shown.map(({ status }) => status)).toEqual(Array(5).fill('RUNNING'));
    await stuck.stop(0);
    const { rows } = await app.database.owner.query<{ status: string; attempts: number }>(
      'SELECT DISTINCT status::text, attempts FROM optimizer.job_items WHERE job_id = $1',
      [job.id],
    );
    expect(rows).toEqual([{ status: 'PENDING', attempts: 0 }]);
    const worker = startLocal({});
    expect((await ended(job)).status).toBe('DONE');
    await worker.stop(0);
  });

  test('a canceled job is not brought back by results that come late', async () => {
    const job = await newJob(10);
    const claimed = await exchangeItems(db, [], { ...LIMITS, wanted: 4 });
    const finished = claimed.slice(0, 2).map((item) => ({ item, status: 'DONE' as const, before: '', after: 'x' }));
    await exchangeItems(db, finished, { ...LIMITS, wanted: 0 });
    const canceled = await job.shop.call('POST', `/jobs/${job.id}/cancel`);
    expect(canceled.body).toMatchObject({ status: 'CANCELED', progress: { done: 2, failed: 8 } });
    expect((await job.shop.call('GET', '/me')).body.credits.used).toBe(2);
    const late = claimed.slice(2).map((item) => ({ item, status: 'DONE' as const, before: '', after: 'late' }));
    await exchangeItems(db, late, { ...LIMITS, wanted: 0 });
    expect(await readJob(job)).toMatchObject({ status: 'CANCELED', progress: { done: 2, failed: 8 } });
    expect(await resultsOf(job.id)).toEqual({ writes: 10, items: 10 });
  });

  test('a new job wakes a worker that would not look by itself for an hour', async () => {
    const worker = await app.work({ POLL_S: 3_600 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const job = await newJob(2);
    expect((await ended(job)).status).toBe('DONE');
    await worker.stop();
  });

  test('one shop with a large job does not keep another waiting', async () => {
    const large = await newJob(300);
    const small = await newJob(3);
    const worker = startLocal({
      concurrency: 30,
      process: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { before: '', after: 'x' };
      },
    });
    expect((await ended(small)).status).toBe('DONE');
    expect((await ended(large)).status).toBe('DONE');
    await worker.stop(0);
    const [first, last] = [await readJob(small), await readJob(large)];
    expect(Date.parse(first.finishedAt ?? '')).toBeLessThan(Date.parse(last.finishedAt ?? ''));
  });

  test('connections that are cut under load lose nothing and double nothing', async () => {
    const job = await newJob(400);
    const worker = startLocal({
      leaseMs: 1_500,
      process: async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        return { before: '', after: 'x' };
      },
    });
    for (let cut = 0; cut < 3; cut += 1) {
      await until(
        () => readJob(job),
        ({ progress }) => progress?.done > cut * 100,
      );
      await app.database.owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
    }
    expect(
      await until(
        () => readJob(job),
        ({ status }) => status === 'DONE',
      ),
    ).toMatchObject({ progress: { done: 400 } });
    await worker.stop(0);
    expect(await resultsOf(job.id)).toEqual({ writes: 400, items: 400 });
  });
});
