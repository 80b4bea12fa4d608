import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/optimizer/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { explain } from '../support/explain.ts';

const SHOP = "instance_id = '00000000-0000-4000-8000-000000000000'";

/** [what the application asks, the index that serves it, the query] */
const QUERIES = [
  [
    'a shop by its host',
    'idx_app_instances_site_host',
    "SELECT instance_id FROM optimizer.app_instances WHERE site_host = 'a.example.com'",
  ],
  [
    'the shops whose credit cycle has passed',
    'idx_app_instances_credits_reset',
    "SELECT instance_id FROM optimizer.app_instances WHERE credits_reset_on <= '2026-11-01'",
  ],
  [
    "one shop's failed jobs",
    'idx_jobs_instance_status',
    `SELECT id FROM optimizer.jobs WHERE ${SHOP} AND status = 'FAILED'`,
  ],
  ['the newest jobs', 'idx_jobs_created_at', 'SELECT id FROM optimizer.jobs ORDER BY created_at DESC LIMIT 20'],
  ['the items of a job', 'idx_job_items_job_id', 'SELECT id FROM optimizer.job_items WHERE job_id = 1000000007'],
  [
    "the worker's claim",
    'idx_job_items_status',
    "SELECT id FROM optimizer.job_items WHERE status = 'PENDING' LIMIT 100 FOR UPDATE SKIP LOCKED",
  ],
  [
    "the due items of a job, for the worker's claim",
    'idx_job_items_claim',
    "SELECT id FROM optimizer.job_items WHERE job_id = 1000000007 AND status IN ('PENDING', 'RUNNING') AND available_at <= now() ORDER BY available_at, id LIMIT 10",
  ],
  [
    "the open jobs of a shop, for the worker's claim",
    'idx_jobs_open',
    `SELECT id FROM optimizer.jobs WHERE ${SHOP} AND status IN ('PENDING', 'RUNNING')`,
  ],
  [
    'the shop that has waited longest',
    'idx_shop_queues_next_at',
    'SELECT instance_id FROM optimizer.shop_queues WHERE next_at <= now() ORDER BY next_at LIMIT 1',
  ],
  [
    'a job by its key',
    'jobs_instance_id_idempotency_key_key',
    `SELECT id FROM optimizer.jobs WHERE ${SHOP} AND idempotency_key = 'key'`,
  ],
  [
    'the rewrites of a product',
    'idx_job_items_product',
    "SELECT id FROM optimizer.job_items WHERE product_id = '3f0c6d9e-7a0a-4b35-9d6f-2f1f6a0f8a11'",
  ],
  [
    "one shop's publish log, newest first",
    'idx_publish_logs_instance',
    `SELECT id FROM optimizer.publish_logs WHERE ${SHOP} ORDER BY applied_at DESC LIMIT 20`,
  ],
  [
    'what was published to a product',
    'idx_publish_logs_product',
    "SELECT id FROM optimizer.publish_logs WHERE product_id = '3f0c6d9e-7a0a-4b35-9d6f-2f1f6a0f8a11'",
  ],
] as const;

describe.each(servers())('optimizer indexes on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
    await seed.demo(db.sql, { rows: 5_000, onProgress: () => {} });
    await db.sql`
      INSERT INTO optimizer.shop_queues (instance_id, next_at)
      SELECT instance_id, CASE WHEN random() < 0.05 THEN now() ELSE 'infinity' END FROM optimizer.app_instances`;
    await db.sql`ANALYZE`;
  });
  afterAll(() => db[Symbol.asyncDispose]());

  test.each(QUERIES)('%s: %s, without a sort', async (_, index, query) => {
    const plan = await explain(db.sql, query);
    expect(plan.indexes).toEqual([index]);
    expect(plan.nodes).not.toContain('Sort');
  });
});
