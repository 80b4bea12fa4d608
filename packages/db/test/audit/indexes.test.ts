import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seed } from '../../src/audit/seed.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { explain } from '../support/explain.ts';

const STAGE = 'job_id = (SELECT job_id FROM audit.jobs LIMIT 1)';

/** [what the application asks, the index that serves it, the query] */
const QUERIES = [
  ["one bot's jobs", 'idx_jobs_bot_id', "SELECT count(*) FROM audit.jobs WHERE bot_id = 'upload'"],
  ['the jobs that still run', 'idx_jobs_state', "SELECT job_id FROM audit.jobs WHERE state = 'running'"],
  ['the newest jobs', 'idx_jobs_accepted_at', 'SELECT job_id FROM audit.jobs ORDER BY accepted_at DESC LIMIT 50'],
  [
    "one bot's failed jobs, newest first",
    'idx_jobs_bot_id_state_accepted_at',
    `SELECT job_id FROM audit.jobs WHERE bot_id = 'upload' AND state = 'failed' ORDER BY accepted_at DESC LIMIT 5`,
  ],
  [
    'the slowest jobs',
    'idx_jobs_duration_ms',
    'SELECT job_id FROM audit.jobs WHERE duration_ms IS NOT NULL ORDER BY duration_ms DESC LIMIT 10',
  ],
  [
    'throughput of the last days',
    'idx_jobs_finished_at',
    "SELECT count(*) FROM audit.jobs WHERE finished_at >= '2026-10-31T12:00Z'",
  ],
  [
    'one stage over all jobs',
    'idx_job_stages_stage_name',
    "SELECT count(*) FROM audit.job_stages WHERE stage_name = 'submit'",
  ],
  [
    'the slowest stages',
    'idx_job_stages_duration_ms',
    'SELECT id FROM audit.job_stages WHERE duration_ms IS NOT NULL ORDER BY duration_ms DESC LIMIT 10',
  ],
  [
    'what was taken out of a job',
    'idx_job_stages_quarantine_job_id',
    "SELECT id FROM audit.job_stages_quarantine WHERE job_id = '3f0c6d9e-7a0a-4b35-9d6f-2f1f6a0f8a11'",
  ],
] as const;

describe.each(servers())('audit indexes on PostgreSQL $version', ({ url }) => {
  let db: MigratedDatabase;
  beforeAll(async () => {
    db = await migratedDatabase(url);
    await seed.demo(db.sql, { rows: 5_000, onProgress: () => {} });
    await db.sql`ANALYZE`;
  });
  afterAll(() => db[Symbol.asyncDispose]());

  test.each(QUERIES)('%s: %s, without a sort', async (_, index, query) => {
    const plan = await explain(db.sql, query);
    expect(plan.indexes).toEqual([index]);
    expect(plan.nodes).not.toContain('Sort');
  });

  test('a stage is found by its unique key, and the stages of a job by an index', async () => {
    const byKey = `SELECT id FROM audit.job_stages WHERE ${STAGE} AND stage_name = 'login' AND started_at = '2026-10-31T12:00Z'`;
    expect((await explain(db.sql, byKey)).indexes).toEqual(['job_stages_job_id_stage_name_started_at_key']);
    // two indexes begin with job_id: the seed's own and, since the dedupe, the unique key's
    const { indexes } = await explain(db.sql, `SELECT id FROM audit.job_stages WHERE ${STAGE}`);
    expect(indexes).toEqual([expect.stringMatching(/^(idx_)?job_stages_job_id/)]);
  });

  test('recent_jobs reads the newest 100 jobs and their stages by index, never a whole table', async () => {
    const plan = await explain(db.sql, 'SELECT * FROM audit.recent_jobs');
    expect(plan.indexes).toEqual(['idx_jobs_accepted_at', expect.stringMatching(/^(idx_)?job_stages_job_id/)]);
    expect(plan.nodes).not.toContain('Seq Scan');
  });
});
