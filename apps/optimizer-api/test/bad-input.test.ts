import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startTestApp, type Tenant } from './support/running-app.ts';

const products = (count: number) => Array.from({ length: count }, (_, n) => `product-${n}`);
const request = (count: number, more: object = {}) => ({
  sourceScope: 'products',
  sourceIds: products(count),
  attributes: ['name'],
  targetLang: 'en',
  userPrompt: 'short',
  ...more,
});

const SQL = "'; DROP TABLE optimizer.jobs; --";
const millionIds = () => Array.from({ length: 1_000_000 }, (_, n) => n);

// what is refused here does not reach PostgreSQL, so its version does not matter
const server = testServers().at(-1);
describe('bad input', () => {
  let app: RunningApp;
  let shop: Tenant;
  beforeAll(async () => {
    app = await startTestApp(server?.url ?? '');
    shop = await app.install();
  });
  afterAll(() => app[Symbol.asyncDispose]());
  const countJobs = async () =>
    (await app.database.owner.query('SELECT FROM optimizer.jobs WHERE instance_id = $1', [shop.instanceId])).rowCount;

  const text = (body: object) => JSON.stringify(body);
  const BAD_BODIES: [name: string, body: () => string | Uint8Array<ArrayBuffer>, status: number, code: string][] = [
    ['an empty body', () => '', 400, 'BODY_INVALID'],
    ['a body that is no JSON', () => '{', 400, 'BODY_INVALID'],
    ['invalid UTF-8', () => Buffer.from('7b2261223a22fffe227d', 'hex'), 400, 'BODY_INVALID'],
    ['a body of 10 MB', () => 'x'.repeat(10_000_000), 413, 'BODY_TOO_LARGE'],
    ['1 M product ids', () => text(request(0, { sourceIds: millionIds() })), 413, 'BODY_TOO_LARGE'],
    ['100,001 product ids', () => text(request(100_001)), 422, 'INPUT_INVALID'],
    ['an array', () => '[]', 422, 'INPUT_INVALID'],
    ['null', () => 'null', 422, 'INPUT_INVALID'],
    ['JSON nested 100,000 deep', () => '['.repeat(100_000) + ']'.repeat(100_000), 422, 'INPUT_INVALID'],
    ['JSON nested 2,000,000 deep', () => '['.repeat(2_000_000), 422, 'INPUT_INVALID'],
    [
      '100,000 unknown fields',
      () => `{${Array.from({ length: 100_000 }, (_, n) => `"${n}":1`)}}`,
      422,
      'INPUT_INVALID',
    ],
    [
      'an unknown field with a name of 4 MB',
      () => text(request(1, { ['x'.repeat(4_000_000)]: 1 })),
      422,
      'INPUT_INVALID',
    ],
    [
      'a field named __proto__',
      () => text(request(1)).replace('{', '{"__proto__":{"sourceScope":"products"},'),
      422,
      'INPUT_INVALID',
    ],
    ['an unknown attribute', () => text(request(1, { attributes: ['price'] })), 422, 'INPUT_INVALID'],
    ['an attribute of Object.prototype', () => text(request(1, { attributes: ['__proto__'] })), 422, 'INPUT_INVALID'],
    ['no attribute', () => text(request(1, { attributes: [] })), 422, 'INPUT_INVALID'],
    ['an attribute twice', () => text(request(1, { attributes: ['name', 'name'] })), 422, 'INPUT_INVALID'],
    ['no product', () => text(request(0)), 422, 'INPUT_INVALID'],
    ['a product twice', () => text(request(1, { sourceIds: ['p', 'p'] })), 422, 'INPUT_INVALID'],
    ['a path as product', () => text(request(1, { sourceIds: ['../../oauth/access'] })), 422, 'INPUT_INVALID'],
    ['a negative number as product', () => text(request(1, { sourceIds: [-1] })), 422, 'INPUT_INVALID'],
    ['a fraction as product', () => text(request(1, { sourceIds: [1.5] })), 422, 'INPUT_INVALID'],
    ['SQL as scope', () => text(request(1, { sourceScope: SQL })), 422, 'INPUT_INVALID'],
    ['SQL as product', () => text(request(1, { sourceIds: [SQL] })), 422, 'INPUT_INVALID'],
    ['SQL as attribute', () => text(request(1, { attributes: [SQL] })), 422, 'INPUT_INVALID'],
    ['SQL as language', () => text(request(1, { targetLang: SQL })), 422, 'INPUT_INVALID'],
    ['NUL in the prompt', () => text(request(1, { userPrompt: 'a\0b' })), 422, 'INPUT_INVALID'],
    ['half a surrogate pair', () => text(request(1)).replace('"short"', '"\\ud800"'), 422, 'INPUT_INVALID'],
    ['a prompt that is too long', () => text(request(1, { userPrompt: 'x'.repeat(2_001) })), 422, 'INPUT_INVALID'],
    ["another tenant's id as a field", () => text(request(1, { instanceId: 'other' })), 422, 'INPUT_INVALID'],
  ];
  test.each(BAD_BODIES)('%s: a problem with its code, and nothing is written', async (_, body, status, code) => {
    const response = await fetch(`${app.url}/jobs`, {
      method: 'POST',
      headers: { authorization: app.wix.instanceToken(shop.instanceId), 'content-type': 'application/json' },
      body: body(),
    });
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    const answer = await response.text();
    // what was sent does not come back
    expect(answer.length).toBeLessThan(5_000);
    expect(JSON.parse(answer)).toMatchObject({
      type: expect.stringMatching(/^urn:/),
      title: expect.any(String),
      detail: expect.any(String),
      requestId: expect.any(String),
      status,
      code,
    });
    expect(response.status).toBe(status);
    expect(await countJobs()).toBe(0);
    expect((await shop.call('GET', '/me')).body.credits.used).toBe(0);
  });

  test.each(['-1', '1.5', '0', '101', 'x', '1e1', SQL])('a page of %s rows is refused', async (limit) => {
    expect(await shop.call('GET', `/jobs?limit=${encodeURIComponent(limit)}`)).toMatchObject({
      status: 422,
      body: { code: 'INPUT_INVALID' },
    });
  });

  test.each(['-1', '1.5', '0', 'x', SQL, '99999999999999999999', '%00', '\u0661'])('there is no job %s', async (id) => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/items'],
      ['GET', '/events'],
      ['POST', '/cancel'],
    ] as const)
      expect(await shop.call(method, `/jobs/${encodeURIComponent(id)}${path}`)).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
  });

  test.each(['x', SQL, 'e30.AAAA'])('the cursor %s is refused', async (cursor) => {
    expect(await shop.call('GET', `/jobs?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
      status: 400,
      body: { code: 'CURSOR_INVALID' },
    });
  });

  test.each([SQL, 'a b', 'x'.repeat(256)])('the idempotency key %s is refused', async (key) => {
    expect(await shop.call('POST', '/jobs', request(1), { 'idempotency-key': key })).toMatchObject({
      status: 422,
      body: { code: 'INPUT_INVALID' },
    });
    expect(await countJobs()).toBe(0);
  });
});
