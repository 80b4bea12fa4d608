import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startTestApp, until } from './support/running-app.ts';

const products = (count: number) => Array.from({ length: count }, (_, n) => `product-${n}`);
const request = (count: number, more: object = {}) => ({
  sourceScope: 'products',
  sourceIds: products(count),
  attributes: ['name'],
  targetLang: 'en',
  userPrompt: 'short',
  ...more,
});

describe.each(testServers())('jobs on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startTestApp(url);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test('a job costs one credit an item, is worked off, and shows before and after', async () => {
    const shop = await app.install();
    const created = await shop.call('POST', '/jobs', request(3, { attributes: ['name', 'seoTitle'] }));
    expect(created).toMatchObject({ status: 201, body: { status: 'PENDING', progress: { total: 6, done: 0 } } });
    expect((await shop.call('GET', '/me')).body.credits).toMatchObject({ total: 100, used: 6, left: 94 });
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
});
