import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDb, type Db } from '../../src/index.ts';
import {
  appInstanceInsertSchema,
  appInstances,
  jobInsertSchema,
  jobItemSelectSchema,
  jobItems,
  jobSelectSchema,
  jobs,
  jobUpdateSchema,
  planInsertSchema,
  plans,
  publishLogSelectSchema,
  publishLogs,
} from '../../src/optimizer/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';

const shop = (instanceId: string) =>
  appInstanceInsertSchema.parse({
    instanceId,
    siteHost: 'shop.example.com',
    accessToken: 'access',
    refreshToken: 'refresh',
    tokenExpiresAt: new Date('2026-11-01T12:00:00.5Z'),
  });
const job = (instanceId: string) =>
  jobInsertSchema.parse({
    instanceId,
    sourceScope: 'products',
    sourceIds: ['product-1', "product's 2"],
    attributes: ['name', 'seoTitle'],
    targetLang: 'en',
    userPrompt: 'short',
  });
/** Every column that must be given, of every table. */
const REQUIRED = {
  plans: ['id', 'name', 'price_cents', 'monthly_credits'],
  app_instances: ['instance_id', 'site_host', 'access_token', 'refresh_token', 'token_expires_at', 'plan_id'].concat([
    'credits_total',
    'credits_used_month',
    'credits_reset_on',
    'created_at',
    'updated_at',
  ]),
  jobs: [
    'id',
    'instance_id',
    'status',
    'source_scope',
    'source_ids',
    'attributes',
    'target_lang',
    'user_prompt',
    'created_at',
  ],
  job_items: ['id', 'job_id', 'product_id', 'attribute', 'status', 'created_at', 'updated_at'],
  publish_logs: ['id', 'instance_id', 'product_id', 'attribute', 'applied_value', 'applied_at'],
};

describe.each(servers())('optimizer tables on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'optimizer'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = createDb({ domain: 'optimizer', url: database.url, app: 'test' });
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  const newJob = async (instanceId: string) => {
    await db.insert(appInstances).values(shop(instanceId));
    const [row] = await db.insert(jobs).values(job(instanceId)).returning();
    if (row === undefined) throw new Error('no job');
    return row;
  };

  test('a plan is written and read', async () => {
    const plan = planInsertSchema.parse({ id: 'team', name: 'Team', priceCents: 9_900, monthlyCredits: 100_000 });
    await db.insert(plans).values(plan);
    expect(await db.query.plans.findFirst({ where: { id: 'team' } })).toEqual(plan);
    await db.delete(plans).where(eq(plans.id, 'team'));
  });

  test('a new instance is on the free plan with 100 credits, reset on the first of next month in UTC', async () => {
    const [row] = await db.insert(appInstances).values(shop('fresh')).returning();
    const now = new Date();
    const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
    expect(row).toMatchObject({ ...shop('fresh'), planId: 'free', creditsTotal: 100, creditsUsedMonth: 0 });
    expect(row).toMatchObject({ creditsResetOn: nextMonth, createdAt: expect.any(Date), updatedAt: expect.any(Date) });
  });

  test('the reset day does not depend on the time zone of the session', async () => {
    const days = await database.sql.begin(async (tx) => {
      const found: unknown[] = [];
      for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12']) {
        await tx`SELECT set_config('TimeZone', ${zone}, true)`;
        found.push(
          ...(await tx`INSERT INTO optimizer.app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at)
            VALUES (${zone}, 'h', 'a', 'r', now()) RETURNING credits_reset_on::text`),
        );
      }
      return found;
    });
    expect(days[0]).toEqual(days[1]);
  });

  test('a shop is read with its plan, jobs, items and publish log', async () => {
    const { id: jobId } = await newJob('nested');
    await db.insert(jobItems).values({ jobId, productId: 'product-1', attribute: 'name', beforeValue: 'Chair' });
    await db
      .insert(publishLogs)
      .values({ instanceId: 'nested', productId: 'product-1', attribute: 'name', appliedValue: 'A chair' });
    const found = await db.query.appInstances.findFirst({
      where: { instanceId: 'nested' },
      with: { plan: true, publishLogs: true, jobs: { with: { items: { with: { job: true } } } } },
    });
    expect(found).toMatchObject({
      plan: { id: 'free', name: 'Free' },
      publishLogs: [{ appliedValue: 'A chair' }],
      jobs: [{ id: jobId, status: 'PENDING', sourceIds: ['product-1', "product's 2"], startedAt: null }],
    });
    expect(found?.jobs[0]?.items).toMatchObject([{ status: 'PENDING', beforeValue: 'Chair', job: { id: jobId } }]);
    const [item] = await db.select().from(jobItems).where(eq(jobItems.jobId, jobId));
    const [log] = await db.select().from(publishLogs).where(eq(publishLogs.instanceId, 'nested'));
    const [row] = await db.select().from(jobs).where(eq(jobs.id, jobId));
    expect(jobSelectSchema.parse(row)).toEqual(row);
    expect(jobItemSelectSchema.parse(item)).toEqual(item);
    expect(publishLogSelectSchema.parse(log)).toEqual(log);
  });

  test('ids above 2^53 come back exact, also nested', async () => {
    const id = 9_007_199_254_740_993n;
    await db.insert(appInstances).values(shop('exact'));
    await db.insert(jobs).values({ ...job('exact'), id });
    await db.insert(jobItems).values({ id: id + 1n, jobId: id, productId: 'p', attribute: 'name' });
    const found = await db.query.jobs.findFirst({ where: { id }, with: { items: true } });
    expect(found).toMatchObject({ id, items: [{ id: id + 1n, jobId: id }] });
  });

  test('deleting a shop deletes its jobs, their items and its publish log', async () => {
    const { id: jobId } = await newJob('leaving');
    await db.insert(jobItems).values({ jobId, productId: 'p', attribute: 'name' });
    await db
      .insert(publishLogs)
      .values({ instanceId: 'leaving', productId: 'p', attribute: 'name', appliedValue: 'x' });
    await db.delete(appInstances).where(eq(appInstances.instanceId, 'leaving'));
    expect(await db.$count(jobs, eq(jobs.id, jobId))).toBe(0);
    expect(await db.$count(jobItems, eq(jobItems.jobId, jobId))).toBe(0);
    expect(await db.$count(publishLogs, eq(publishLogs.instanceId, 'leaving'))).toBe(0);
  });

  test('keys and foreign keys refuse what does not fit', async () => {
    const { id } = await newJob('keys');
    const log = { instanceId: 'nobody', productId: 'p', attribute: 'name', appliedValue: 'x' };
    const refusals = {
      plan: await refusalOf(db.insert(plans).values({ id: 'free', name: 'x', priceCents: 0, monthlyCredits: 0 })),
      shop: await refusalOf(db.insert(appInstances).values(shop('keys'))),
      job: await refusalOf(db.insert(jobs).values({ ...job('keys'), id })),
      planOfShop: await refusalOf(db.insert(appInstances).values({ ...shop('x'), planId: 'gold' })),
      planInUse: await refusalOf(db.delete(plans).where(eq(plans.id, 'free'))),
      shopOfJob: await refusalOf(db.insert(jobs).values(job('nobody'))),
      jobOfItem: await refusalOf(db.insert(jobItems).values({ jobId: -1n, productId: 'p', attribute: 'name' })),
      shopOfLog: await refusalOf(db.insert(publishLogs).values(log)),
    };
    expect(refusals).toEqual({
      plan: { code: '23505', name: 'plans_pkey' },
      shop: { code: '23505', name: 'app_instances_pkey' },
      job: { code: '23505', name: 'jobs_pkey' },
      planOfShop: { code: '23503', name: 'app_instances_plan_id_fkey' },
      planInUse: { code: '23503', name: 'app_instances_plan_id_fkey' },
      shopOfJob: { code: '23503', name: 'jobs_instance_id_fkey' },
      jobOfItem: { code: '23503', name: 'job_items_job_id_fkey' },
      shopOfLog: { code: '23503', name: 'publish_logs_instance_id_fkey' },
    });
  });

  test('the enums refuse a status that they do not list: an item cannot be CANCELED', async () => {
    const { id } = await newJob('enums');
    expect(
      await refusalOf(database.sql`UPDATE optimizer.jobs SET status = 'PROCESSING' WHERE id = ${String(id)}`),
    ).toEqual({
      code: '22P02',
      name: undefined,
    });
    expect(
      await refusalOf(database.sql`INSERT INTO optimizer.job_items (job_id, product_id, attribute, status)
        VALUES (${String(id)}, 'p', 'name', 'CANCELED')`),
    ).toEqual({ code: '22P02', name: undefined });
  });

  test.each(Object.entries(REQUIRED))('%s refuses NULL in each column that must be known', async (table, required) => {
    const { id } = await newJob(`required-${table}`);
    await db.insert(jobItems).values({ jobId: id, productId: 'p', attribute: 'name' });
    await db
      .insert(publishLogs)
      .values({ instanceId: `required-${table}`, productId: 'p', attribute: 'name', appliedValue: 'x' });
    const refused: unknown[] = [];
    for (const column of required) {
      refused.push(
        await refusalOf(database.sql`UPDATE optimizer.${database.sql(table)} SET ${database.sql(column)} = NULL`),
      );
    }
    expect(refused).toEqual(required.map((name) => ({ code: '23502', name })));
  });

  test('the zod schemas know the JSON columns, and an update needs none of them', () => {
    expect(jobInsertSchema.safeParse({ ...job('x'), attributes: ['price'] }).success).toBe(false);
    expect(jobInsertSchema.safeParse({ ...job('x'), sourceIds: 'all' }).success).toBe(false);
    expect(jobUpdateSchema.parse({ status: 'DONE' })).toEqual({ status: 'DONE' });
  });
});
