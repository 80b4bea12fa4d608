import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readApiEnv, readWorkerEnv } from '../src/env.ts';
import { OPERATIONS } from '../src/http/openapi.ts';
import { SCHEMA_HEAD } from '../src/queries/readiness.ts';
import { startApi } from '../src/start-api.ts';
import { startWorker } from '../src/start-worker.ts';
import { MIGRATIONS } from './support/database.ts';
import { programPath, startProgram } from './support/program.ts';
import { type RunningApp, startTestApp, tenantOf, until } from './support/running-app.ts';

test('the program waits for the newest migration of the optimizer', () => {
  expect(readdirSync(MIGRATIONS).sort().at(-1)).toBe(SCHEMA_HEAD);
});

test.each(['api', 'worker'] as const)(
  '%s names every fault of its environment at once, without a value, and exits 64',
  async (name) => {
    const env = { WIX_APP_SECRET: 'short-secret', TOKEN_KEYS: 'k1:not-32-bytes', WIX_API_URL: 'ftp://x' };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, [programPath(name)], { env }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      ),
    );
    expect(code).toBe(64);
    for (const fault of [
      'DATABASE_URL: is not set',
      'WIX_APP_ID: is not set',
      'WIX_APP_SECRET: ',
      'TOKEN_KEYS: ',
      'WIX_API_URL: ',
    ])
      expect(stderr).toContain(fault);
    expect(stderr).not.toMatch(/short-secret|not-32-bytes|ftp:/);
  },
);

test.each(['DATABASE_URL', 'LISTEN_URL', 'WIX_WEBHOOK_PUBLIC_KEY'])(
  '%s that cannot be read is a fault of the environment',
  (name) => {
    const env = {
      DATABASE_URL: 'postgresql://u:p@h/d',
      WIX_APP_ID: 'app',
      WIX_APP_SECRET: 'a secret that is long enough',
      TOKEN_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
      PUBLIC_URL: 'https://optimizer.example.com',
      CURSOR_SECRET: 'another one that is long',
      WIX_WEBHOOK_PUBLIC_KEY: generateKeyPairSync('rsa', { modulusLength: 2048 })
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString(),
    };
    expect(readApiEnv(env).WIX_APP_ID).toBe('app');
    const broken = { ...env, [name]: '-----BEGIN PUBLIC KEY-----\nsecret\n-----END PUBLIC KEY-----' };
    expect(() => readApiEnv(broken)).toThrow(
      new RegExp(`^the environment is not complete:\n  ${name}: expected [^\n]+$`),
    );
  },
);

describe.each(testServers().slice(-1))('operations on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startTestApp(url, { REQUESTS_PER_MINUTE: '60' });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test('/live says yes always, /ready only where the schema is at its head', async () => {
    expect((await fetch(`${app.url}/live`)).status).toBe(200);
    expect((await fetch(`${app.url}/ready`)).status).toBe(200);
    await using empty = await createTestDatabase(undefined, { server: url });
    const api = await startApi(readApiEnv({ ...app.apiEnvironment, DATABASE_URL: empty.url }));
    expect((await fetch(`${api.url}/live`)).status).toBe(200);
    expect((await fetch(`${api.url}/ready`)).status).toBe(503);
    await api.stop();
  });

  test('OpenAPI 3.1 describes every route, and every route that it describes is there', async () => {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, object>;
    };
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort());
    const shop = await app.install();
    for (const { method, path } of OPERATIONS) {
      const { body } = await shop.call(
        method.toUpperCase(),
        path.replace('{id}', '1'),
        method === 'post' ? {} : undefined,
      );
      expect([path, body?.detail]).not.toEqual([path, 'there is nothing at this address']);
    }
    expect((await shop.call('GET', '/nowhere')).body).toMatchObject({
      status: 404,
      detail: 'there is nothing at this address',
    });
  });

  test('metrics count requests by route, method and status, not by id', async () => {
    const shop = await app.install();
    await shop.call('GET', '/jobs/123456');
    const text = await (await fetch(`${app.url}/metrics`)).text();
    expect(text).toMatch(
      /optimizer_http_request_duration_seconds_count\{method="GET",route="\/jobs\/:id",status="404"\} [1-9]/,
    );
    expect(text).not.toContain('123456');
  });

  test('every request counts once against the limit, whatever it asks for', async () => {
    const api = await startApi(readApiEnv({ ...app.apiEnvironment, REQUESTS_PER_MINUTE: '3' }));
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/jobs'],
      ['GET', '/jobs/1'],
      ['GET', '/jobs/1/items'],
      ['POST', '/jobs/1/cancel'],
      ['POST', '/publish'],
      ['GET', '/publish-logs'],
    ] as const) {
      const shop = tenantOf(api.url, app.wix, randomUUID());
      const asked = await Promise.all(Array.from({ length: 4 }, () => shop.call(method, path)));
      const refused = asked.filter(({ status }) => status === 429);
      expect([path, refused.length]).toEqual([path, 1]);
    }
    await api.stop();
  });

  test('a shop that asks too often is told when to come back, and others are not affected', async () => {
    const [busy, quiet] = [await app.install(), await app.install()];
    let refused = await busy.call('GET', '/me');
    for (let asked = 1; asked < 2_000 && refused.status === 200; asked += 10)
      refused =
        (await Promise.all(Array.from({ length: 10 }, () => busy.call('GET', '/me')))).find(
          ({ status }) => status === 429,
        ) ?? refused;
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', retryAfterS: expect.any(Number) } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await quiet.call('GET', '/me')).status).toBe(200);
  });

  test('what fails inside is said without words of the database, SIGTERM ends with 0, and the log is JSON without a token', async () => {
    const api = await startProgram('api', { ...app.apiEnvironment, LOG_LEVEL: 'debug' });
    const base = api.url;
    const token = app.wix.instanceToken('logged-shop');
    const me = () => fetch(`${base}/me`, { headers: { authorization: token } });
    const start = await fetch(`${base}/oauth/start?token=secret-install-token`, { redirect: 'manual' });
    const state = encodeURIComponent(new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '');
    expect((await fetch(`${base}/oauth/callback?code=code-logged-shop&state=${state}`)).status).toBe(200);
    expect((await me()).status).toBe(200);
    // a client that goes away in the middle of its body is no fault of ours
    const { port, hostname } = new URL(base);
    const socket = connect(Number(port), hostname);
    socket.end(`POST /jobs HTTP/1.1\r\nhost: x\r\nauthorization: ${token}\r\ncontent-length: 100\r\n\r\n{"sou`);
    await once(socket.resume(), 'close');
    await app.database.owner.query('ALTER TABLE optimizer.app_instances RENAME TO gone');
    const broken = await me();
    await app.database.owner.query('ALTER TABLE optimizer.gone RENAME TO app_instances');
    expect(broken.status).toBe(500);
    const problem = await broken.text();
    expect(JSON.parse(problem)).toMatchObject({ code: 'INTERNAL', requestId: broken.headers.get('x-request-id') });
    expect(problem).not.toMatch(/relation|app_instances|select/i);
    expect(await api.end('SIGTERM')).toBe(0);
    const log = api.log();
    // the log has what the client has not
    expect(log).toContain('app_instances');
    for (const secret of [
      token,
      'access-logged-shop',
      'refresh-logged-shop',
      'code-logged-shop',
      'secret-install-token',
    ])
      expect(log).not.toContain(secret);
    expect(log.split('\n').filter((text) => text.includes('"level":50'))).toHaveLength(1);
    for (const text of log.trim().split('\n'))
      expect(JSON.parse(text)).toMatchObject({ level: expect.any(Number), time: expect.any(Number) });
  });

  test('stopping lets running requests end: what was promised is there, what was refused is not', async () => {
    const api = await startApi(readApiEnv(app.apiEnvironment));
    const shops = [await app.install(), await app.install(), await app.install()];
    const sourceIds = Array.from({ length: 100 }, (_, n) => `p${n}`);
    const body = JSON.stringify({ sourceScope: 'products', sourceIds, attributes: ['name'], targetLang: 'en' });
    // settled as they come: one that is refused while we still wait is no rejection that nobody handles
    const running = Promise.allSettled(
      shops.map(({ instanceId }) =>
        fetch(`${api.url}/jobs`, {
          method: 'POST',
          headers: { authorization: app.wix.instanceToken(instanceId) },
          body,
        }),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    await api.stop();
    for (const [at, answer] of (await running).entries()) {
      const jobs = (await shops[at]?.call('GET', '/jobs'))?.body.rows.length;
      expect(jobs).toBe(answer.status === 'fulfilled' && answer.value.status === 201 ? 1 : 0);
    }
  });

  test('a port that is taken is said in one line, and ends the program with 1', async () => {
    const env = { ...app.apiEnvironment, PORT: new URL(app.url).port };
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, [programPath('api')], { env }, (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      ),
    );
    expect([code, stderr]).toEqual([1, `listen EADDRINUSE: address already in use 127.0.0.1:${env.PORT}\n`]);
  });

  test('programs that start before their database say so at /ready, and work once it is there', async () => {
    // somebody accepts connections at the database's port, and says nothing yet
    const gate = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(gate, 'listening');
    const address = gate.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const behindGate = (text: string) => {
      const behind = new URL(text);
      behind.host = `127.0.0.1:${address.port}`;
      return behind.href;
    };
    const [api, worker] = await Promise.all([
      startApi(readApiEnv({ ...app.apiEnvironment, DATABASE_URL: behindGate(app.database.appUrl) })),
      startWorker(readWorkerEnv({ ...app.workerEnvironment, WORKER_DATABASE_URL: behindGate(app.database.workerUrl) })),
    ]);
    for (const { url: program } of [api, worker]) {
      expect((await fetch(`${program}/live`)).status).toBe(200);
      expect((await fetch(`${program}/ready`)).status).toBe(503);
    }
    const database = new URL(app.database.appUrl);
    gate.removeAllListeners('connection').on('connection', (socket) => {
      const there = connect(Number(database.port), database.hostname);
      socket.on('error', () => there.destroy()).on('close', () => there.destroy());
      there.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.pipe(there).pipe(socket);
    });
    const shop = tenantOf(api.url, app.wix, (await app.install()).instanceId);
    const request = { sourceScope: 'products', sourceIds: ['p1'], attributes: ['name'], targetLang: 'en' };
    await until(
      async () => (await fetch(`${api.url}/ready`)).status,
      (status) => status === 200,
    );
    const { id } = (await shop.call('POST', '/jobs', request)).body;
    await until(
      async () => (await shop.call('GET', `/jobs/${id}`)).body.status,
      (status) => status === 'DONE',
    );
    await Promise.all([api.stop(), worker.stop()]);
    gate.close();
  });
});
