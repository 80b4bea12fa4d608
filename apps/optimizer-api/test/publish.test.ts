import { createDb } from '@repo/db';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TokenVault } from '../src/crypto/token-vault.ts';
import { readApiEnv, readWorkerEnv } from '../src/env.ts';
import { createLog } from '../src/log.ts';
import { startApi } from '../src/start-api.ts';
import { createFindCatalog } from '../src/wix/catalogs.ts';
import { WixOauth } from '../src/wix/oauth.ts';
import { createShopAccess } from '../src/wix/shop-access.ts';
import { settlePublications } from '../src/worker/housekeeping.ts';
import { type Reply, type RunningApp, startTestApp, type Tenant, tenantOf, until } from './support/running-app.ts';

const ATTRIBUTES = ['name', 'description', 'seoTitle', 'seoDescription'];

type Item = Reply['body']['rows'][number];

/** The API's queries that wait for a lock. */
const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'optimizer-api%' AND wait_event_type = 'Lock'`;

describe.each(testServers())('publishing on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startTestApp(url);
    await app.work();
  });
  afterAll(() => app[Symbol.asyncDispose]());

  let products = 0;
  /** A job that is done: one new product, all attributes. */
  const doneItems = async (shop: Tenant): Promise<{ jobId: string; items: readonly Item[]; productId: string }> => {
    products += 1;
    const productId = `product-${products}`;
    const body = {
      sourceScope: 'products',
      sourceIds: [productId],
      attributes: ATTRIBUTES,
      targetLang: 'en',
      userPrompt: '',
    };
    const { id } = (await shop.call('POST', '/jobs', body)).body;
    await until(
      async () => (await shop.call('GET', `/jobs/${id}`)).body.status,
      (status) => status === 'DONE',
    );
    return { jobId: id, items: (await shop.call('GET', `/jobs/${id}/items`)).body.rows, productId };
  };
  const publish = (shop: Tenant, items: readonly Item[]) =>
    shop.call('POST', '/publish', { itemIds: items.map(({ id }) => id) });
  const logsOf = async (shop: Tenant): Promise<readonly Item[]> =>
    (await shop.call('GET', '/publish-logs?limit=100')).body.rows;
  const countIntents = async () => (await app.database.owner.query('SELECT FROM optimizer.publish_intents')).rowCount;
  /** An intent as a writer leaves it when it dies. */
  const leaveIntent = (shop: Tenant, { id, productId, attribute, after }: Item) =>
    app.database.owner.query(
      `INSERT INTO optimizer.publish_intents (job_item_id, instance_id, product_id, attribute, value, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + interval '1 hour')`,
      [id, shop.instanceId, productId, attribute, after],
    );
  const settle = async () => {
    await using db = createDb({ domain: 'optimizer', url: app.database.workerUrl, app: 'test', connectionsMax: 2 });
    const env = readWorkerEnv(app.workerEnvironment);
    const oauth = new WixOauth(env.WIX_API_URL, env.WIX_APP_ID, env.WIX_APP_SECRET);
    const accessToken = createShopAccess(db, new TokenVault(env.TOKEN_KEYS), oauth);
    await db.query(`UPDATE optimizer.publish_intents SET expires_at = now() - interval '1 second'`);
    const parts = {
      db,
      log: createLog('test', 'silent'),
      findCatalog: createFindCatalog(env.WIX_API_URL),
      accessToken,
    };
    await settlePublications(parts, AbortSignal.timeout(60_000));
  };

  test.each(['V1', 'V3'])(
    'of catalog %s: all texts reach the product, other tags stay, and the log tells what was applied',
    async (version) => {
      const shop = await app.install();
      if (version === 'V3') app.wix.v3Shops.add(shop.instanceId);
      const { jobId, items, productId } = await doneItems(shop);
      const product = app.wix.product(shop.instanceId, productId);
      product.seoData = { tags: [{ type: 'meta', props: { name: 'robots', content: 'index' } }] };
      const answer = await publish(shop, items);
      expect(answer).toMatchObject({
        status: 200,
        body: { results: items.map(({ id }) => ({ itemId: id, outcome: 'published' })) },
      });
      const after = Object.fromEntries(items.map((item) => [item.attribute, item.after]));
      expect([product.name, product.description]).toEqual([after['name'], after['description']]);
      expect(product.seoData.tags).toMatchObject([
        { props: { name: 'robots' } },
        { type: 'title', children: after['seoTitle'] },
        { type: 'meta', props: { name: 'description', content: after['seoDescription'] } },
      ]);
      expect((await logsOf(shop)).map(({ appliedValue }) => appliedValue).sort()).toEqual(Object.values(after).sort());
      expect((await shop.call('GET', `/jobs/${jobId}`)).body.progress.published).toBe(4);
      expect(await countIntents()).toBe(0);
    },
  );

  test('an item is written and logged once, however often and at once it is published', async () => {
    const shop = await app.install();
    const { jobId, items, productId } = await doneItems(shop);
    const one = items.slice(0, 1);
    const answers = await Promise.all(Array.from({ length: 6 }, () => publish(shop, one)));
    const outcomes = answers.map(({ body }) => body.results[0]?.outcome);
    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(1);
    for (const outcome of outcomes) expect(['published', 'already published', 'being published']).toContain(outcome);
    expect(await publish(shop, one)).toMatchObject({
      status: 200,
      body: { results: [{ outcome: 'already published' }] },
    });
    expect(app.wix.writes.get(productId)).toBe(1);
    expect(await logsOf(shop)).toHaveLength(1);
    expect((await shop.call('GET', `/jobs/${jobId}`)).body.progress.published).toBe(1);
  });

  test('a product that was changed since is not written: 409 with both values', async () => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    app.wix.product(shop.instanceId, productId).name = 'Named by hand';
    const answer = await publish(
      shop,
      items.filter(({ attribute }) => attribute === 'name'),
    );
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'PUBLISH_REFUSED',
        results: [{ outcome: 'changed since', expected: `Name of ${productId}`, found: 'Named by hand' }],
      },
    });
    expect(app.wix.writes.get(productId)).toBeUndefined();
    expect(await logsOf(shop)).toEqual([]);
    expect(await countIntents()).toBe(0);
  });

  test.each(['PENDING', 'RUNNING', 'FAILED'])('an item that is %s is not published', async (status) => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    const [item] = items as readonly [Item];
    // as of a job that has ended, so that no worker comes and finishes it
    await app.database.owner.query(`UPDATE optimizer.job_items SET status = '${status}' WHERE id = $1`, [item.id]);
    expect(await publish(shop, [item])).toMatchObject({ status: 409, body: { results: [{ outcome: 'not done' }] } });
    expect(app.wix.writes.get(productId)).toBeUndefined();
  });

  test('a refusal of Wix is told and can be tried again; 429 and 500 are tried again by themselves', async () => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    const one = items.slice(0, 1);
    app.wix.failNext('/stores/v1/products', 400);
    expect(await publish(shop, one)).toMatchObject({
      status: 409,
      body: { results: [{ outcome: 'failed', reason: 'wix: answered 400' }] },
    });
    expect(await countIntents()).toBe(0);
    app.wix.failNext('/stores/v1/products', 429, 500);
    expect(await publish(shop, one)).toMatchObject({ status: 200, body: { results: [{ outcome: 'published' }] } });
    expect(app.wix.writes.get(productId)).toBe(1);
  });

  test('a token that Wix refuses any more is renewed, at each step, and the text is written once', async () => {
    const shop = await app.install();
    const renewals = () =>
      app.wix.calls.filter(({ path, body }) => {
        if (path !== '/oauth/access' || typeof body !== 'object' || body === null) return false;
        return Reflect.get(body, 'refresh_token') === `refresh-${shop.instanceId}`;
      }).length;
    // the worker reads, then the API reads and writes
    app.wix.failNext('stores-reader', 401);
    const { items, productId } = await doneItems(shop);
    expect(renewals()).toBe(1);
    for (const step of ['stores-reader', '/stores/v1/products']) {
      app.wix.failNext(step, 401);
      const one = items.slice(renewals() - 1, renewals());
      expect(await publish(shop, one)).toMatchObject({ status: 200, body: { results: [{ outcome: 'published' }] } });
    }
    expect(renewals()).toBe(3);
    expect(app.wix.writes.get(productId)).toBe(2);
    // one that is refused again is given up
    app.wix.failNext('stores-reader', 401, 401);
    expect(await publish(shop, items.slice(2, 3))).toMatchObject({
      status: 409,
      body: { results: [{ outcome: 'failed', reason: 'wix: answered 401' }] },
    });
  });

  test('where nobody knows whether Wix has written, the item is neither written again nor forgotten until the product is read', async () => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    const [one] = items as readonly [Item];
    app.wix.failNext('/stores/v1/products', 500, 500, 500, 500);
    expect(await publish(shop, [one])).toMatchObject({ status: 409, body: { results: [{ outcome: 'failed' }] } });
    expect(await publish(shop, [one])).toMatchObject({
      status: 409,
      body: { results: [{ outcome: 'being published' }] },
    });
    await settle();
    expect(await publish(shop, [one])).toMatchObject({ status: 200, body: { results: [{ outcome: 'published' }] } });
    expect(app.wix.writes.get(productId)).toBe(1);
  });

  test('a crash after the write is found and logged, one before it is forgotten and can be published', async () => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    const written = items.find(({ attribute }) => attribute === 'name') as Item;
    const unwritten = items.find(({ attribute }) => attribute === 'description') as Item;
    await leaveIntent(shop, written);
    await leaveIntent(shop, unwritten);
    expect(await publish(shop, [written])).toMatchObject({
      status: 409,
      body: { results: [{ outcome: 'being published' }] },
    });
    app.wix.product(shop.instanceId, productId).name = written.after ?? '';
    await settle();
    expect(await countIntents()).toBe(0);
    expect((await logsOf(shop)).map(({ appliedValue }) => appliedValue)).toEqual([written.after]);
    expect(await publish(shop, [written])).toMatchObject({
      status: 200,
      body: { results: [{ outcome: 'already published' }] },
    });
    expect(await publish(shop, [unwritten])).toMatchObject({
      status: 200,
      body: { results: [{ outcome: 'published' }] },
    });
  });

  test('while Wix cannot be asked a left-over publication stays', async () => {
    const shop = await app.install();
    const { items } = await doneItems(shop);
    await leaveIntent(shop, items[0] as Item);
    app.wix.failNext('stores-reader', 400);
    await settle();
    expect(await countIntents()).toBe(1);
    await settle();
    expect(await countIntents()).toBe(0);
  });

  test('a shop whose tokens do not open keeps no other shop from being settled, nor its own texts from being told of', async () => {
    const [broken, whole] = [await app.install(), await app.install()];
    const [theirs, ours] = [await doneItems(broken), await doneItems(whole)];
    const [its, written] = [theirs.items[0] as Item, ours.items[0] as Item];
    await leaveIntent(broken, its);
    await leaveIntent(whole, written);
    await app.database.owner.query(
      `UPDATE optimizer.app_instances SET access_token = 'x', refresh_token = 'x', token_expires_at = now() WHERE instance_id = $1`,
      [broken.instanceId],
    );
    await settle();
    expect(await countIntents()).toBe(1);
    expect(await publish(whole, [written])).toMatchObject({ status: 200 });
    await app.database.owner.query('DELETE FROM optimizer.publish_intents');
    // by an API that has not opened them before
    const api = await startApi(readApiEnv(app.apiEnvironment));
    const again = tenantOf(api.url, app.wix, broken.instanceId);
    expect(await publish(again, [its])).toMatchObject({
      status: 409,
      body: { results: [{ outcome: 'failed', reason: expect.stringContaining('on our side') }] },
    });
    // nothing was sent, so nothing is left to be found out
    expect(await countIntents()).toBe(0);
    await api.stop();
  });

  test('whoever goes away stops what was not begun: the rest can be published later', async () => {
    const shop = await app.install();
    const { items, productId } = await doneItems(shop);
    const gone = new AbortController();
    await app.database.owner.transaction(async (tx) => {
      // the second one waits here
      await tx.query('SELECT FROM optimizer.job_items WHERE id = $1 FOR UPDATE', [items[1]?.id]);
      const asked = fetch(`${app.url}/publish`, {
        method: 'POST',
        headers: { authorization: app.wix.instanceToken(shop.instanceId) },
        body: JSON.stringify({ itemIds: items.map(({ id }) => id) }),
        signal: gone.signal,
      });
      await until(
        () => app.database.owner.query(WAITING),
        ({ rowCount }) => rowCount === 1,
      );
      gone.abort();
      await expect(asked).rejects.toThrow('aborted');
      // the server is told too
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    await until(
      () => logsOf(shop),
      (logs) => logs.length === 2,
    );
    expect(app.wix.writes.get(productId)).toBe(2);
    expect(await countIntents()).toBe(0);
    const { body } = await publish(shop, items);
    expect(body.results.map(({ outcome }) => outcome)).toEqual([
      'already published',
      'already published',
      'published',
      'published',
    ]);
  });

  test('bad input: no item, too many, ids that are none', async () => {
    const shop = await app.install();
    const many = Array.from({ length: 101 }, (_, n) => String(n + 1));
    for (const itemIds of [[], many, ['x'], ['-1'], [1], ['1', '1']])
      expect(await shop.call('POST', '/publish', { itemIds })).toMatchObject({
        status: 422,
        body: { code: 'INPUT_INVALID' },
      });
    expect(await shop.call('POST', '/publish', { itemIds: ['9223372036854775807'] })).toMatchObject({ status: 404 });
  });
});
