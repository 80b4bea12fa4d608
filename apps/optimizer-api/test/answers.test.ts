import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, startTestApp, type Tenant } from './support/running-app.ts';

const DASHBOARD = 'https://manage.wix.com';
const ORIGINS = [undefined, DASHBOARD, 'https://manage.wix.com.evil.example.com', 'http://manage.wix.com', 'null'];
const SECURITY = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'GET,HEAD,POST',
  'access-control-allow-headers': 'authorization,content-type,idempotency-key',
  'access-control-max-age': '600',
};
const [JSON_TYPE, PROBLEM] = ['application/json', 'application/problem+json'];
const ASKS_FIRST = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
const job = (products: number) => ({
  sourceScope: 'products',
  sourceIds: Array.from({ length: products }, (_, n) => `p${n}`),
  attributes: ['name'],
  targetLang: 'en',
});

interface Case {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  readonly type?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

// nothing here depends on the version of PostgreSQL
const server = testServers().at(-1);
describe('what every answer says, whatever it is', () => {
  let app: RunningApp;
  let shop: Tenant;
  let token: string;
  let ended: string;
  beforeAll(async () => {
    app = await startTestApp(server?.url ?? '', { REQUESTS_PER_MINUTE: '150' });
    shop = await app.install();
    token = app.wix.instanceToken(shop.instanceId);
    ended = (await shop.call('POST', '/jobs', job(1))).body.id;
    await app.database.owner.query(`UPDATE optimizer.jobs SET status = 'DONE' WHERE id = $1`, [ended]);
  });
  afterAll(() => app[Symbol.asyncDispose]());

  /** With `node:http`: `fetch` sends no Origin of one's own, and hides what a header was sent as. */
  const ask = ({ method, path, headers, body }: Case, origin: string | undefined) =>
    new Promise<Answer>((resolve, reject) => {
      const asked = { ...headers, ...(origin !== undefined && { origin }) };
      const sent = request(app.url + path, { method, headers: asked }, (response) => {
        const named = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        response
          .resume()
          .once('end', () => resolve({ status: response.statusCode, headers: Object.fromEntries(named) }));
      });
      sent.once('error', reject).end(body);
    });
  /** All headers of an answer but those of HTTP itself; ids and lengths by their form. */
  const shown = ({ status, headers }: Answer) => {
    const { date, connection, 'keep-alive': _, 'transfer-encoding': __, 'content-length': ___, ...more } = headers;
    expect(date).toEqual(expect.any(String));
    expect(more['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    return { status, ...more, 'x-request-id': 'an id' };
  };
  const expected = ({ status, type, more, method }: Case, origin: string | undefined) => ({
    status,
    'x-request-id': 'an id',
    vary: 'Origin',
    ...SECURITY,
    ...(type !== undefined && { 'content-type': type }),
    ...more,
    ...(origin === DASHBOARD && { 'access-control-allow-origin': origin }),
    ...(origin === DASHBOARD && method === 'OPTIONS' && PREFLIGHT),
  });

  const asShop = () => ({ authorization: token });
  const CASES: Record<string, () => Case> = {
    'a page': () => ({ method: 'GET', path: '/jobs', headers: asShop(), status: 200, type: JSON_TYPE }),
    'a job': () => ({ method: 'GET', path: `/jobs/${ended}`, headers: asShop(), status: 200, type: JSON_TYPE }),
    'a head': () => ({ method: 'HEAD', path: '/me', headers: asShop(), status: 200, type: JSON_TYPE }),
    'a new job': () => {
      const more = { location: expect.stringMatching(/^\/jobs\/\d+$/) };
      const body = JSON.stringify(job(1));
      return { method: 'POST', path: '/jobs', headers: asShop(), body, status: 201, type: JSON_TYPE, more };
    },
    'a stream': () => {
      const more = { 'cache-control': 'no-cache' };
      const path = `/jobs/${ended}/events`;
      return { method: 'GET', path, headers: asShop(), status: 200, type: 'text/event-stream', more };
    },
    metrics: () => ({ method: 'GET', path: '/metrics', status: 200, type: 'text/plain; version=0.0.4' }),
    'the description': () => ({ method: 'GET', path: '/openapi.json', status: 200, type: JSON_TYPE }),
    life: () => ({ method: 'GET', path: '/live', status: 200, type: JSON_TYPE }),
    'a redirection': () => {
      const more = { location: expect.stringMatching(/^https:\/\/www\.wix\.com\//) };
      return { method: 'GET', path: '/oauth/start?token=t', status: 302, more };
    },
    'no JSON': () => ({ method: 'POST', path: '/jobs', headers: asShop(), body: '{', status: 400, type: PROBLEM }),
    'no token': () => ({ method: 'GET', path: '/jobs', status: 401, type: PROBLEM }),
    'too few credits': () => {
      const body = JSON.stringify(job(1_000));
      return { method: 'POST', path: '/jobs', headers: asShop(), body, status: 402, type: PROBLEM };
    },
    'no such address': () => ({ method: 'GET', path: '/nowhere', status: 404, type: PROBLEM }),
    'no such job': () => ({ method: 'GET', path: '/jobs/9999', headers: asShop(), status: 404, type: PROBLEM }),
    'no such method': () => ({ method: 'DELETE', path: '/jobs', headers: asShop(), status: 404, type: PROBLEM }),
    'no such open method': () => ({ method: 'POST', path: '/live', body: '{}', status: 404, type: PROBLEM }),
    'a job that has ended': () => {
      const path = `/jobs/${ended}/cancel`;
      return { method: 'POST', path, headers: asShop(), status: 409, type: PROBLEM };
    },
    'a large body': () => {
      const body = 'x'.repeat(6_000_000);
      return { method: 'POST', path: '/jobs', headers: asShop(), body, status: 413, type: PROBLEM };
    },
    'a wrong limit': () => ({ method: 'GET', path: '/jobs?limit=0', headers: asShop(), status: 422, type: PROBLEM }),
  };
  const EVERY = Object.entries(CASES).flatMap(([name, one]) => ORIGINS.map((origin) => ({ name, origin, one })));
  test.each(EVERY)('$name, asked from $origin', async ({ origin, one }) => {
    expect(shown(await ask(one(), origin))).toEqual(expected(one(), origin));
  });

  test.each(ORIGINS)('a fault of ours, asked from %s', async (origin) => {
    const one: Case = { method: 'GET', path: '/me', headers: asShop(), status: 500, type: PROBLEM };
    await app.database.owner.query('ALTER TABLE optimizer.app_instances RENAME TO gone');
    const answer = await ask(one, origin);
    await app.database.owner.query('ALTER TABLE optimizer.gone RENAME TO app_instances');
    expect(shown(answer)).toEqual(expected(one, origin));
  });

  test.each(ORIGINS.slice(0, 3))('too many requests, asked from %s', async (origin) => {
    const { instanceId } = await app.install();
    const headers = { authorization: app.wix.instanceToken(instanceId) };
    const more = { 'retry-after': expect.stringMatching(/^\d+$/) };
    const one: Case = { method: 'GET', path: '/me', headers, status: 429, type: PROBLEM, more };
    let answer = await ask(one, origin);
    for (let asked = 1; asked < 2_000 && answer.status === 200; asked += 1) answer = await ask(one, origin);
    expect(shown(answer)).toEqual(expected(one, origin));
  });

  test.each(ORIGINS.slice(1))('a preflight from %s', async (origin) => {
    for (const path of ['/jobs', '/me', '/nowhere']) {
      const one: Case = { method: 'OPTIONS', path, headers: ASKS_FIRST, status: 204 };
      expect(shown(await ask(one, origin))).toEqual(expected(one, origin));
    }
  });

  test('OPTIONS of no origin is no preflight', async () => {
    const one: Case = { method: 'OPTIONS', path: '/jobs', headers: ASKS_FIRST, status: 401, type: PROBLEM };
    expect(shown(await ask(one, undefined))).toEqual(expected(one, undefined));
  });

  test.each<[name: string, text: string, status: number, code: string]>([
    ['is no HTTP', 'GARBAGE\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    ['has no address', 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    [
      'has a host that is none',
      'GET /live HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'says its length twice',
      'POST /jobs HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'has a token of 20,000 characters',
      `GET /me HTTP/1.1\r\nhost: x\r\nauthorization: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
  ])('what %s is refused with a problem document too', async (_, text, status, code) => {
    const { port, hostname } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.write(text);
    await once(socket, 'close');
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head).toMatch(/^content-type: application\/problem\+json$/im);
    expect(JSON.parse(body)).toMatchObject({ status, code, requestId: expect.any(String) });
  });
});
