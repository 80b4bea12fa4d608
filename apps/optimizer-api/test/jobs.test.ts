import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grant, wrongLedgers } from './support/grant.ts';
import { type Reply, type RunningApp, startTestApp, type Tenant, tenantOf, until } from './support/running-app.ts';

const products = (count: number) => Array.from({ length: count }, (_, n) => `product-${n}`);
const request = (count: number, more: object = {}) => ({
  sourceScope: 'products',
  sourceIds: products(count),
  attributes: ['name'],
  targetLang: 'en',
  userPrompt: 'short',
  ...more,
});
const creditsOf = async (shop: Tenant) => (await shop.call('GET', '/me')).body.credits;

describe.each(testServers())('jobs on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startTestApp(url);
  });
  afterAll(async () => {
    expect(await wrongLedgers(app.database)).toEqual([]);
    await app[Symbol.asyncDispose]();
  });
  const countJobs = async (shop: Tenant) =>
    (await app.database.owner.query('SELECT FROM optimizer.jobs WHERE instance_id = $1', [shop.instanceId])).rowCount;

  test('a job costs one credit an item, is worked off, and shows before and after', async () => {
    const shop = await app.install();
    const created = await shop.call('POST', '/jobs', request(3, { attributes: ['name', 'seoTitle'] }));
    expect(created).toMatchObject({ status: 201, body: { status: 'PENDING', progress: { total: 6, done: 0 } } });
    expect(created.headers.get('location')).toBe(`/jobs/${created.body.id}`);
    expect(await creditsOf(shop)).toMatchObject({ total: 100, used: 6, left: 94 });
    const worker = await app.work();
    const job = await until(
      async () => (await shop.call('GET', `/jobs/${created.body.id}`)).body,
      ({ status }) => status === 'DONE',
    );
    expect(job).toMatchObject({ progress: { total: 6, done: 6, failed: 0, published: 0 }, error: null });
    const { rows } = (await shop.call('GET', `/jobs/${created.body.id}/items`)).body;
    expect(rows).toHaveLength(6);
    for (const { attribute, productId, before, after, status } of rows) {
      expect(status).toBe('DONE');
      expect(before).toBe(attribute === 'name' ? `Name of ${productId}` : '');
      expect(after).toMatch(new RegExp(`^Better ${attribute} \\d+$`));
    }
    await worker.stop();
  });

  // these before others leave their jobs to the worker
  test('a job that has ended cannot be canceled', async () => {
    const shop = await app.install();
    const worker = await app.work();
    const { id } = (await shop.call('POST', '/jobs', request(2))).body;
    await until(
      async () => (await shop.call('GET', `/jobs/${id}`)).body.status,
      (status) => status === 'DONE',
    );
    expect(await shop.call('POST', `/jobs/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'JOB_ENDED', jobStatus: 'DONE' },
    });
    expect((await creditsOf(shop)).used).toBe(2);
    await worker.stop();
  });

  test('progress comes as events, and the last one is the end', async () => {
    const shop = await app.install();
    const { id } = (await shop.call('POST', '/jobs', request(5))).body;
    const stream = shop.call('GET', `/jobs/${id}/events`);
    const worker = await app.work();
    const { status, text } = await stream;
    expect(status).toBe(200);
    const events = [...text.matchAll(/event: progress\ndata: (.*)\n/g)].map(([, data = '']) => JSON.parse(data));
    expect(events[0]).toMatchObject({ id, progress: { total: 5 } });
    expect(events.at(-1)).toMatchObject({ id, status: 'DONE', progress: { done: 5 } });
    await worker.stop();
  });

  test.each(['v1', 'v3'])(
    'a job of collections takes the products in them, each once, of a %s catalog',
    async (version) => {
      const shop = await app.install();
      if (version === 'v3') app.wix.v3Shops.add(shop.instanceId);
      app.wix.collections.set(`${version}-a`, products(30)).set(`${version}-b`, ['product-1', 'extra']);
      const created = await shop.call(
        'POST',
        '/jobs',
        request(0, { sourceScope: 'collections', sourceIds: [`${version}-a`, `${version}-b`] }),
      );
      expect(created).toMatchObject({ status: 201, body: { progress: { total: 31 } } });
      const empty = await shop.call('POST', '/jobs', request(0, { sourceScope: 'collections', sourceIds: ['none'] }));
      expect(empty).toMatchObject({ status: 422, body: { code: 'NOTHING_TO_DO' } });
    },
  );

  test('too few credits: 402 with the numbers, and nothing is written', async () => {
    const shop = await app.install();
    const refused = await shop.call('POST', '/jobs', request(101));
    expect(refused).toMatchObject({
      status: 402,
      body: { code: 'CREDITS_TOO_FEW', creditsNeeded: 101, creditsLeft: 100 },
    });
    expect(await countJobs(shop)).toBe(0);
    expect((await creditsOf(shop)).used).toBe(0);
  });

  test('ten jobs at once take no more credits than there are', async () => {
    const shop = await app.install();
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.call('POST', '/jobs', request(30))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 402, 402, 402, 402, 402, 402, 402]);
    expect((await creditsOf(shop)).left).toBe(10);
  });

  test('one idempotency key makes one job, also when sent at once; with another body it is refused', async () => {
    const shop = await app.install();
    const send = (body: object) => shop.call('POST', '/jobs', body, { 'idempotency-key': 'key-1' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(request(60))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await creditsOf(shop)).used).toBe(60);
    expect(await send(request(61))).toMatchObject({
      status: 422,
      body: { code: 'KEY_REUSED', jobId: answers[0]?.body.id },
    });
    const other = await app.install();
    expect((await other.call('POST', '/jobs', request(1), { 'idempotency-key': 'key-1' })).status).toBe(201);
  });

  test('100,000 items are one request', async () => {
    const shop = await app.install();
    await grant(app.database, shop.instanceId, 100_000);
    const created = await shop.call(
      'POST',
      '/jobs',
      request(25_000, { attributes: ['name', 'description', 'seoTitle', 'seoDescription'] }),
    );
    expect(created).toMatchObject({ status: 201, body: { progress: { total: 100_000 } } });
    const { rows } = await app.database.owner.query<{ count: number }>(
      'SELECT count(DISTINCT (product_id, attribute))::integer AS count FROM optimizer.job_items WHERE job_id = $1',
      [created.body.id],
    );
    expect(rows[0]?.count).toBe(100_000);
    expect((await shop.call('POST', `/jobs/${created.body.id}/cancel`)).body.status).toBe('CANCELED');
    expect((await creditsOf(shop)).left).toBe(100_100);
  });

  test('a canceled job gives back what was not used, once, and has no open item', async () => {
    const shop = await app.install();
    const { id } = (await shop.call('POST', '/jobs', request(40))).body;
    const canceled = await shop.call('POST', `/jobs/${id}/cancel`);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'CANCELED', progress: { done: 0, failed: 40 } } });
    expect(await shop.call('POST', `/jobs/${id}/cancel`)).toMatchObject({ status: 200, body: { status: 'CANCELED' } });
    expect(await creditsOf(shop)).toMatchObject({ total: 100, used: 0 });
    const { rows } = (await shop.call('GET', `/jobs/${id}/items?limit=100`)).body;
    expect(new Set(rows.map(({ status, error }) => `${status} ${error}`))).toEqual(
      new Set(['FAILED the job was canceled']),
    );
  });

  test('canceled many times at once, a job gives its credits back once, and every caller is told that it is canceled', async () => {
    const shop = await app.install();
    const { id } = (await shop.call('POST', '/jobs', request(40))).body;
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.call('POST', `/jobs/${id}/cancel`)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { status: 'CANCELED' } });
    expect(await creditsOf(shop)).toMatchObject({ total: 100, used: 0 });
    const { rows } = await app.database.owner.query(
      `SELECT FROM optimizer.credit_entries WHERE instance_id = $1 AND kind = 'release'`,
      [shop.instanceId],
    );
    expect(rows).toHaveLength(1);
  });

  test('pages of jobs show each once, newest first, whatever is inserted meanwhile', async () => {
    const shop = await app.install();
    const made: string[] = [];
    for (let n = 0; n < 7; n += 1) made.unshift((await shop.call('POST', '/jobs', request(1))).body.id);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Reply['body'] = (await shop.call('GET', `/jobs?limit=3${cursor && `&cursor=${cursor}`}`)).body;
      seen.push(...page.rows.map(({ id }) => id));
      cursor = page.next;
      await shop.call('POST', '/jobs', request(1));
    }
    expect(seen).toEqual(made);
  });

  test('whoever created a job sees it in the page, however many ask for the same page meanwhile', async () => {
    const shop = await app.install();
    const pageIds = async (): Promise<string[]> => (await shop.call('GET', '/jobs')).body.rows.map(({ id }) => id);
    let isOver = false;
    const others = Array.from({ length: 8 }, async () => {
      while (!isOver) await pageIds();
    });
    for (let n = 0; n < 10; n += 1) {
      const { id } = (await shop.call('POST', '/jobs', request(1))).body;
      const pages = await Promise.all([pageIds(), pageIds(), pageIds()]);
      expect(pages.map(([newest]) => newest)).toEqual([id, id, id]);
    }
    isOver = true;
    await Promise.all(others);
  });

  test('ids are text of digits, also above 2^53', async () => {
    const shop = await app.install();
    await app.database.owner.query(`SELECT setval('optimizer.jobs_id_seq', 9007199254740993)`);
    const created = await shop.call('POST', '/jobs', request(1));
    expect(created.body.id).toBe('9007199254740994');
    expect((await shop.call('GET', '/jobs/9007199254740994')).body.id).toBe('9007199254740994');
    expect((await shop.call('GET', '/jobs/9007199254740995')).status).toBe(404);
  });

  test('SQL in a prompt is text: it is stored and handed on as it is', async () => {
    const shop = await app.install();
    const userPrompt = "'); DROP TABLE optimizer.jobs; -- \u202e “é” 🙂";
    const { id } = (await shop.call('POST', '/jobs', request(1, { userPrompt }))).body;
    expect((await shop.call('GET', `/jobs/${id}`)).body.userPrompt).toBe(userPrompt);
  });

  test('whoever has a token but no installation is told so', async () => {
    const { call } = tenantOf(app.url, app.wix, 'stranger');
    expect(await call('POST', '/jobs', request(1))).toMatchObject({ status: 403, body: { code: 'INSTANCE_UNKNOWN' } });
    expect(await call('GET', '/me')).toMatchObject({ status: 403, body: { code: 'INSTANCE_UNKNOWN' } });
  });
});
