import { createDb, withTenant } from '@repo/db';
import { testServers } from '@repo/local-postgres/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerBalance } from '../src/queries/credits.ts';
import { exchangeItems } from '../src/queries/queue.ts';
import { resetCredits } from '../src/worker/housekeeping.ts';
import { wrongLedgers } from './support/grant.ts';
import { type RunningApp, startTestApp, type Tenant } from './support/running-app.ts';

const jobBody = (items: number) => ({
  sourceScope: 'products',
  sourceIds: Array.from({ length: items }, (_, n) => `p${n}`),
  attributes: ['name'],
  targetLang: 'en',
  userPrompt: '',
});
/** The newest day that has begun at 02:00 UTC. */
const TODAY = `CAST(now() AT TIME ZONE 'UTC' - interval '2 hours' AS date)`;

describe.each(testServers())('credits and plans on PostgreSQL $version', ({ url }) => {
  let app: RunningApp;
  let db: ReturnType<typeof openWorkerDb>;
  const openWorkerDb = () =>
    createDb({ domain: 'optimizer', url: app.database.workerUrl, app: 'test', connectionsMax: 8 });
  beforeAll(async () => {
    app = await startTestApp(url);
    db = openWorkerDb();
  });
  afterAll(async () => {
    expect(await wrongLedgers(app.database)).toEqual([]);
    await db.close();
    await app[Symbol.asyncDispose]();
  });

  const creditsOf = async (shop: Tenant) => (await shop.call('GET', '/me')).body.credits;
  const send = async (token: string) => {
    const response = await fetch(`${app.url}/billing/webhook`, { method: 'POST', body: token });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  let events = 0;
  const changePlan = (shop: Tenant, plan: string) => {
    events += 1;
    return send(
      app.wix.event(shop.instanceId, 'PaidPlanChanged', { vendorProductId: plan, operationTimeStamp: String(events) }),
    );
  };
  const setCycle = (shop: Tenant, resetOn: string) =>
    app.database.owner.query(
      `UPDATE optimizer.app_instances SET credits_reset_on = ${resetOn} WHERE instance_id = $1`,
      [shop.instanceId],
    );

  test('an upgrade adds to what is left, a downgrade keeps it, free begins anew, the same plan is untouched', async () => {
    const shop = await app.install();
    await shop.call('POST', '/jobs', jobBody(30));
    expect((await changePlan(shop, 'starter')).body).toEqual({ outcome: 'applied' });
    expect(await creditsOf(shop)).toMatchObject({ total: 1_070, used: 0, left: 1_070 });
    await shop.call('POST', '/jobs', jobBody(20));
    await changePlan(shop, 'starter');
    expect(await creditsOf(shop)).toMatchObject({ total: 1_070, used: 20 });
    await changePlan(shop, 'scale');
    expect(await creditsOf(shop)).toMatchObject({ left: 26_050 });
    await changePlan(shop, 'pro');
    expect(await creditsOf(shop)).toMatchObject({ left: 26_050 });
    await changePlan(shop, 'free');
    expect(await creditsOf(shop)).toMatchObject({ total: 100, used: 0, left: 100 });
    expect((await shop.call('GET', '/me')).body.plan.id).toBe('free');
  });

  test('a paying shop has a date of its own, 30 days on, not the first of the month', async () => {
    const shop = await app.install();
    await changePlan(shop, 'pro');
    const { rows } = await app.database.owner.query<{ day: string }>(
      `SELECT to_char(now() AT TIME ZONE 'UTC' + interval '30 days', 'YYYY-MM-DD') AS day`,
    );
    expect((await creditsOf(shop)).resetOn).toBe(rows[0]?.day);
  });

  test('an event counts once, however often and at once it is delivered', async () => {
    const shop = await app.install();
    const token = app.wix.event(shop.instanceId, 'PaidPlanPurchased', { vendorProductId: 'starter' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(token)));
    expect(answers.map(({ body }) => body['outcome']).sort()).toEqual([
      'applied',
      'repeated',
      'repeated',
      'repeated',
      'repeated',
    ]);
    expect(await creditsOf(shop)).toMatchObject({ left: 1_100 });
  });

  test('an event that is not signed by Wix, is changed, or is of an unknown shop or plan changes nothing', async () => {
    const shop = await app.install();
    const good = app.wix.event(shop.instanceId, 'PaidPlanPurchased', { vendorProductId: 'scale' });
    const [header = '', body = '', signature = ''] = good.split('.');
    const encode = (text: string) => Buffer.from(text).toString('base64url');
    const changed = encode(Buffer.from(body, 'base64url').toString().replace('scale', 'pro'));
    const forged = [
      '',
      'x',
      `${header}.${body}`,
      `${encode('{"alg":"none"}')}.${body}.`,
      `${encode('{"alg":"HS256"}')}.${body}.${signature}`,
      `${header}.${changed}.${signature}`,
    ];
    for (const token of forged)
      expect(await send(token)).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
    // an id that PostgreSQL does not store, or stores as another, is none
    for (const eventId of ['a\0b', '\ud800', '', 'x'.repeat(101)])
      expect(
        await send(app.wix.event(shop.instanceId, 'PaidPlanPurchased', { vendorProductId: 'scale' }, { eventId })),
      ).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
    for (const vendorProductId of ['__proto__', 'constructor', 1, null])
      expect(await send(app.wix.event(shop.instanceId, 'PaidPlanPurchased', { vendorProductId }))).toMatchObject({
        status: 422,
      });
    expect((await send('x'.repeat(100_000))).status).toBe(413);
    expect(await send(app.wix.event('nobody', 'PaidPlanPurchased', { vendorProductId: 'pro' }))).toMatchObject({
      status: 404,
    });
    expect(await send(app.wix.event(shop.instanceId, 'PaidPlanPurchased', { vendorProductId: 'gold' }))).toMatchObject({
      status: 422,
    });
    expect((await send(app.wix.event(shop.instanceId, 'AppInstalled', {}))).body).toEqual({ outcome: 'ignored' });
    expect(await creditsOf(shop)).toMatchObject({ left: 100 });
  });

  test('a cycle begins once, however many workers there are, and keeps what is left', async () => {
    const shops: Tenant[] = [];
    for (let n = 0; n < 5; n += 1) shops.push(await app.install());
    const [paying] = shops as [Tenant];
    await changePlan(paying, 'starter');
    for (const shop of shops) {
      await shop.call('POST', '/jobs', jobBody(40));
      await setCycle(shop, TODAY);
    }
    await Promise.all(Array.from({ length: 6 }, () => resetCredits(db)));
    for (const shop of shops.slice(1)) expect(await creditsOf(shop)).toMatchObject({ total: 160, used: 0 });
    expect(await creditsOf(paying)).toMatchObject({ total: 2_060, used: 0 });
    expect(await resetCredits(db)).toBe(0);
  });

  test('cycles that were missed are caught up, one by one, and the next date lies ahead', async () => {
    const shop = await app.install();
    await setCycle(shop, `CAST(date_trunc('month', ${TODAY}) - interval '2 months' AS date)`);
    expect(await resetCredits(db)).toBe(3);
    expect((await creditsOf(shop)).total).toBe(400);
    const { rows } = await app.database.owner.query<{ ahead: boolean }>(
      `SELECT credits_reset_on > ${TODAY} AS ahead FROM optimizer.app_instances WHERE instance_id = $1`,
      [shop.instanceId],
    );
    expect(rows[0]?.ahead).toBe(true);
  });

  test('a cycle that begins tomorrow has not begun', async () => {
    const shop = await app.install();
    await setCycle(shop, `${TODAY} + 1`);
    await resetCredits(db);
    expect(await creditsOf(shop)).toMatchObject({ total: 100 });
  });

  test('credits of a job that is canceled after a reset come back too', async () => {
    const shop = await app.install();
    const { id } = (await shop.call('POST', '/jobs', jobBody(40))).body;
    await setCycle(shop, TODAY);
    await resetCredits(db);
    await shop.call('POST', `/jobs/${id}/cancel`);
    expect(await creditsOf(shop)).toMatchObject({ total: 200, used: 0 });
  });

  test('no interleaving of jobs, cancels, results, resets and plan changes makes credits appear or vanish', async () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant('job' as const), items: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ do: fc.constant('cancel' as const), which: fc.nat({ max: 5 }) }),
      fc.record({ do: fc.constant('work' as const), items: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ do: fc.constant('reset' as const) }),
      fc.record({ do: fc.constant('plan' as const), plan: fc.constantFrom('free', 'starter', 'pro', 'scale') }),
    );
    const rounds = fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rounds, async (steps) => {
        const shop = await app.install();
        const jobs: string[] = [];
        const run = async (step: (typeof steps)[number][number]) => {
          if (step.do === 'job') {
            const { status, body } = await shop.call('POST', '/jobs', jobBody(step.items));
            if (status === 201) jobs.push(body.id);
          }
          if (step.do === 'cancel' && jobs.length > 0)
            await shop.call('POST', `/jobs/${jobs[step.which % jobs.length]}/cancel`);
          if (step.do === 'work') {
            const limits = { wanted: step.items, leaseMs: 60_000, perShopMax: 20 };
            const claimed = await exchangeItems(db, [], limits);
            const results = claimed.map((item) => ({ item, status: 'DONE' as const, before: '', after: 'x' }));
            await exchangeItems(db, results, { ...limits, wanted: 0 });
          }
          if (step.do === 'reset') {
            await setCycle(shop, TODAY);
            await resetCredits(db);
          }
          if (step.do === 'plan') await changePlan(shop, step.plan);
        };
        for (const round of steps) await Promise.all(round.map(run));
        const { left, used } = await creditsOf(shop);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(used).toBeGreaterThanOrEqual(0);
        expect(await withTenant(db, { instance_id: shop.instanceId }, (tx) => ledgerBalance(tx, shop.instanceId))).toBe(
          left,
        );
        // what jobs have taken and not given back is what they have worked on or still hold
        const { rows } = await app.database.owner.query<{ reserved: number; held: number }>(
          `SELECT coalesce(-sum(amount) FILTER (WHERE kind IN ('reserve', 'release')), 0)::integer AS reserved,
             (SELECT coalesce(sum(CASE status WHEN 'CANCELED' THEN items_done ELSE items_total END), 0)::integer
              FROM optimizer.jobs WHERE instance_id = $1) AS held
           FROM optimizer.credit_entries WHERE instance_id = $1`,
          [shop.instanceId],
        );
        expect(rows[0]?.reserved).toBe(rows[0]?.held);
      }),
      { numRuns: 25 },
    );
  });
});
