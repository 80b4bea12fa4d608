import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDb, PermissionDenied, withTenant } from '@repo/db';
import { testServers } from '@repo/local-postgres/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInstanceToken } from '../src/crypto/instance-token.ts';
import { TokenVault } from '../src/crypto/token-vault.ts';
import { exchangeItems } from '../src/queries/queue.ts';
import { rotateTokens } from '../src/services/rotate-tokens.ts';
import { APP_SECRET } from './support/fake-wix.ts';
import { type RunningApp, startTestApp, type Tenant, until } from './support/running-app.ts';

const REQUEST = {
  sourceScope: 'products',
  sourceIds: ['p1', 'p2'],
  attributes: ['name'],
  targetLang: 'en',
  userPrompt: '',
};
/** Tables with a tenant's rows. */
const TABLES = [
  'app_instances',
  'jobs',
  'job_items',
  'publish_logs',
  'credit_entries',
  'shop_queues',
  'publish_intents',
  'webhook_events',
];

describe.each(testServers())('tenants on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  let one: Tenant;
  let other: Tenant;
  let job: { id: string };
  let itemIds: string[];
  beforeAll(async () => {
    app = await startTestApp(url);
    [one, other] = [await app.install(), await app.install()];
    await app.work();
    job = (await one.call('POST', '/jobs', REQUEST)).body;
    await until(
      async () => (await one.call('GET', `/jobs/${job.id}`)).body.status,
      (status) => status === 'DONE',
    );
    itemIds = (await one.call('GET', `/jobs/${job.id}/items`)).body.rows.map(({ id }) => id);
    await one.call('POST', '/publish', { itemIds: itemIds.slice(0, 1) });
    const data = { vendorProductId: 'starter' };
    await fetch(`${app.url}/billing/webhook`, {
      method: 'POST',
      body: app.wix.event(one.instanceId, 'PaidPlanPurchased', data),
    });
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("with another tenant's ids every endpoint answers as if they never were", async () => {
    const answers = await Promise.all([
      other.call('GET', `/jobs/${job.id}`),
      other.call('GET', `/jobs/${job.id}/items`),
      other.call('GET', `/jobs/${job.id}/events`),
      other.call('POST', `/jobs/${job.id}/cancel`),
      other.call('POST', '/publish', { itemIds }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    const never = await other.call('GET', '/jobs/999999999');
    for (const { body } of answers.slice(0, 4))
      expect({ ...body, requestId: '' }).toEqual({ ...never.body, requestId: '' });
    expect((await other.call('GET', '/jobs')).body.rows).toEqual([]);
    expect((await other.call('GET', '/publish-logs')).body.rows).toEqual([]);
    expect((await other.call('GET', '/me')).body).toMatchObject({ instanceId: other.instanceId, plan: { id: 'free' } });
    // and what was there is as it was
    expect((await one.call('GET', `/jobs/${job.id}`)).body).toMatchObject({
      status: 'DONE',
      progress: { published: 1 },
    });
  });

  test("another tenant's cursor is refused, and one of another list", async () => {
    await one.call('POST', '/jobs', REQUEST);
    const { next } = (await one.call('GET', '/jobs?limit=1')).body;
    expect((await one.call('GET', `/jobs?limit=1&cursor=${next}`)).status).toBe(200);
    expect(await other.call('GET', `/jobs?limit=1&cursor=${next}`)).toMatchObject({
      status: 400,
      body: { code: 'CURSOR_INVALID' },
    });
    for (const path of ['/publish-logs', `/jobs/${job.id}/items`])
      expect(await one.call('GET', `${path}?cursor=${next}`)).toMatchObject({
        status: 400,
        body: { code: 'CURSOR_INVALID' },
      });
  });

  test('a query without tenant sees nothing as the app, in every table; with one its own; as the worker all', async () => {
    await using appDb = createDb({ domain: 'optimizer', url: app.database.appUrl, app: 'test', connectionsMax: 1 });
    await using workerDb = createDb({
      domain: 'optimizer',
      url: app.database.workerUrl,
      app: 'test',
      connectionsMax: 1,
    });
    const count = `SELECT ${TABLES.map((table) => `(SELECT count(*)::integer FROM optimizer.${table}) AS ${table}`).join(', ')}`;
    const counted = async (instanceId: string) =>
      (await withTenant(appDb, { instance_id: instanceId }, (tx) => tx.query<Record<string, number>>(count))).rows[0];
    const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));
    expect((await appDb.query(count)).rows[0]).toEqual(nothing);
    const own = await counted(one.instanceId);
    expect(own).toMatchObject({
      app_instances: 1,
      jobs: 2,
      job_items: 4,
      publish_logs: 1,
      webhook_events: 1,
      shop_queues: 1,
    });
    expect(await counted(other.instanceId)).toEqual({ ...nothing, app_instances: 1, credit_entries: 1 });
    // the setting ends with its transaction: on the same connection it is empty now
    expect((await appDb.query(count)).rows[0]).toEqual(nothing);
    expect((await workerDb.query<Record<string, number>>(count)).rows[0]).toMatchObject({ app_instances: 2, jobs: 2 });
  });

  test("the app cannot write another tenant's rows, whatever its query says", async () => {
    await using appDb = createDb({ domain: 'optimizer', url: app.database.appUrl, app: 'test', connectionsMax: 1 });
    const asOther = (text: string, values: unknown[]) =>
      withTenant(appDb, { instance_id: other.instanceId }, (tx) => tx.query(text, values));
    const updated = await asOther('UPDATE optimizer.jobs SET user_prompt = $2 WHERE id = $1', [job.id, 'mine now']);
    expect(updated.rowCount).toBe(0);
    expect((await asOther('DELETE FROM optimizer.job_items WHERE job_id = $1', [job.id])).rowCount).toBe(0);
    const insert = 'INSERT INTO optimizer.job_items (job_id, product_id, attribute) VALUES ($1, $2, $3)';
    await expect(asOther(insert, [job.id, 'p9', 'name'])).rejects.toBeInstanceOf(PermissionDenied);
    await expect(asOther('CREATE TABLE optimizer.x ()', [])).rejects.toBeInstanceOf(PermissionDenied);
  });

  test("who logs in as the app cannot take items through the worker's function; who logs in as the worker can", async () => {
    const name = `login_${randomBytes(6).toString('hex')}`;
    const as = async (role: string) => {
      await app.database.owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'p' IN ROLE ${role}`);
      const url = new URL(app.database.appUrl);
      [url.username, url.password] = [name, 'p'];
      url.searchParams.delete('role');
      await using db = createDb({ domain: 'optimizer', url: url.href, app: 'test', connectionsMax: 1 });
      const answer = await exchangeItems(db, [], { wanted: 1, leaseMs: 1, perShopMax: 1 }).catch(
        (error: unknown) => error,
      );
      await app.database.owner.query(`DROP ROLE ${name}`);
      return answer;
    };
    expect(await as('optimizer_app')).toBeInstanceOf(PermissionDenied);
    expect(await as('optimizer_worker')).toBeInstanceOf(Array);
  });

  test('forged, malformed, oversized, old and future tokens are refused, each by its code', async () => {
    const at = (ms: number) => ({ signDate: new Date(Date.now() + ms).toISOString() });
    const good = app.wix.instanceToken(one.instanceId);
    const [signature = '', payload = ''] = good.split('.');
    const elsewhere = Buffer.from(JSON.stringify({ instanceId: one.instanceId, ...at(1) })).toString('base64url');
    const cases: [string | undefined, string][] = [
      [undefined, 'AUTH_MISSING'],
      ['', 'AUTH_MISSING'],
      [`${signature}.${elsewhere}`, 'AUTH_INVALID'],
      [`${signature.slice(0, -2)}.${payload}`, 'AUTH_INVALID'],
      [`.${payload}`, 'AUTH_INVALID'],
      [`${good}.more`, 'AUTH_INVALID'],
      ['x'.repeat(5_000), 'AUTH_INVALID'],
      [signInstanceToken({ instanceId: one.instanceId, ...at(0) }, 'another secret, and long enough'), 'AUTH_INVALID'],
      [signInstanceToken({ instanceId: "x' OR 1=1 --", ...at(0) }, APP_SECRET), 'AUTH_INVALID'],
      [signInstanceToken({ instanceId: one.instanceId }, APP_SECRET), 'AUTH_INVALID'],
      [app.wix.instanceToken(one.instanceId, at(-5 * 3_600_000)), 'AUTH_EXPIRED'],
      [app.wix.instanceToken(one.instanceId, at(300_000)), 'AUTH_EXPIRED'],
      [
        app.wix.instanceToken(one.instanceId, { expirationDate: new Date(Date.now() - 1_000).toISOString() }),
        'AUTH_EXPIRED',
      ],
    ];
    for (const [token, code] of cases) {
      const response = await fetch(`${app.url}/me`, { headers: token === undefined ? {} : { authorization: token } });
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, code]);
    }
    const ahead = await fetch(`${app.url}/me`, {
      headers: { authorization: `Bearer ${app.wix.instanceToken(one.instanceId, at(30_000))}` },
    });
    expect(ahead.status).toBe(200);
  });

  test('an installation that was not begun here is refused, and one that is repeated keeps plan and credits', async () => {
    const forged = await fetch(`${app.url}/oauth/callback?code=code-${one.instanceId}&state=1.x`);
    expect([forged.status, ((await forged.json()) as { code: string }).code]).toEqual([400, 'STATE_INVALID']);
    const before = (await one.call('GET', '/me')).body;
    const start = await fetch(`${app.url}/oauth/start?token=t`, { redirect: 'manual' });
    const location = new URL(start.headers.get('location') ?? '');
    expect(location.searchParams.get('redirectUrl')).toBe('https://optimizer.example.com/oauth/callback');
    const state = encodeURIComponent(location.searchParams.get('state') ?? '');
    expect((await fetch(`${app.url}/oauth/callback?code=code-${one.instanceId}&state=${state}`)).status).toBe(200);
    expect((await one.call('GET', '/me')).body).toEqual(before);
  });

  test('a new shop has the free plan, 100 credits, and the first of next month', async () => {
    const shop = await app.install();
    const now = new Date();
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
    expect((await shop.call('GET', '/me')).body).toEqual({
      instanceId: shop.instanceId,
      siteHost: `${shop.instanceId}.example.com`,
      plan: { id: 'free', name: 'Free', monthlyCredits: 100 },
      credits: { total: 100, used: 0, left: 100, resetOn: first },
    });
  });

  test('tokens are sealed in the table, and `tokens rotate` seals them with the new key, also clear ones', async () => {
    const { owner, workerUrl } = app.database;
    const shop = await app.install();
    const read = async (instanceId: string) => {
      const { rows } = await owner.query<{ access_token: string; refresh_token: string }>(
        'SELECT access_token, refresh_token FROM optimizer.app_instances WHERE instance_id = $1',
        [instanceId],
      );
      return rows[0] ?? { access_token: '', refresh_token: '' };
    };
    const sealed = await read(shop.instanceId);
    expect(JSON.stringify(sealed)).not.toContain(shop.instanceId);
    expect(sealed.access_token).toMatch(/^aes256gcm\.k1\./);
    await owner.query(`INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at)
      VALUES ('clear', 'clear.example.com', 'clear-access', 'clear-refresh', now())`);
    const newKey = randomBytes(32);
    const keys = `k2:${newKey.toString('base64')},${app.workerEnvironment['TOKEN_KEYS']}`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, '../src/tokens.ts'), 'rotate'],
      { env: { WORKER_DATABASE_URL: workerUrl, TOKEN_KEYS: keys } },
    );
    const shops = (await owner.query('SELECT FROM optimizer.app_instances')).rowCount;
    expect(stdout).toBe(`${shops} shops, ${shops} sealed anew\n`);
    const vault = new TokenVault(new Map([['k2', newKey]]));
    await using workerDb = createDb({ domain: 'optimizer', url: workerUrl, app: 'test', connectionsMax: 1 });
    expect(await rotateTokens(workerDb, vault)).toEqual({ shops, resealed: 0 });
    const open = async (instanceId: string) =>
      vault.open((await read(instanceId)).access_token, { instanceId, column: 'access_token' });
    expect(await open(shop.instanceId)).toBe(`access-${shop.instanceId}`);
    expect(await open('clear')).toBe('clear-access');
  });
});
