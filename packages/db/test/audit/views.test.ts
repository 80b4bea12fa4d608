import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  botMetricsSelectSchema,
  jobMetricsByBot,
  jobMetricsV,
  jobStageSummary,
  jobStages,
  jobStagesV,
  jobs,
  jobsV,
  type NewJob,
  type NewJobStage,
  recentJobSelectSchema,
  recentJobs,
  stageSummarySelectSchema,
} from '../../src/audit/index.ts';
import { createDb, type Db } from '../../src/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';

const NOON = Date.UTC(2026, 10, 1, 12);
const at = (seconds: number) => new Date(NOON + seconds * 1_000);
const jobId = (n: number) => `3f0c6d9e-7a0a-4b35-9d6f-${String(n).padStart(12, '0')}`;
/** A job that started at noon and took so many seconds. */
const took = (n: number, seconds: number, rest: Partial<NewJob>): NewJob => ({
  jobId: jobId(n),
  botId: 'mixed',
  state: 'succeeded',
  startedAt: at(0),
  finishedAt: at(seconds),
  ...rest,
});

const JOBS: readonly NewJob[] = [
  took(1, 10, {}),
  took(2, 20, {}),
  took(3, 3, { state: 'failed' }),
  // neither succeeded nor failed: in total_jobs alone
  { jobId: jobId(4), botId: 'mixed', state: 'canceled', finishedAt: at(5) },
  { jobId: jobId(5), botId: 'mixed', state: 'running', startedAt: at(0) },
  { jobId: jobId(6), botId: 'mixed', state: 'queued' },
  // nothing to divide by
  { jobId: jobId(7), botId: 'waiting', state: 'queued' },
  took(8, 9, { botId: 'canceled-only', state: 'canceled' }),
  took(9, 1, { botId: 'unlucky', state: 'failed' }),
  // the writer's milliseconds win over the moments; half a second is not lost
  took(10, 2, { botId: 'precise', durationMs: 1_500 }),
  took(11, 0.25, { botId: 'precise' }),
  // a clock that went back, and a job that was queued again after it had a duration: unknown, not negative
  took(12, -60, { botId: 'skewed' }),
  { jobId: jobId(13), botId: 'skewed', state: 'queued', durationMs: 99_000 },
];
const stage = (n: number, stageName: string, rest: Partial<NewJobStage>): NewJobStage => ({
  jobId: jobId(n),
  stageName,
  ...rest,
});
const STAGES: readonly NewJobStage[] = [
  stage(1, 'login', { startedAt: at(0), endedAt: at(1), status: 'succeed' }),
  stage(2, 'login', { startedAt: at(0), endedAt: at(9), status: 'succeed', durationMs: 2_500 }),
  stage(3, 'login', { startedAt: at(0), endedAt: at(3), status: 'fail' }),
  stage(5, 'login', { startedAt: at(0) }),
  stage(1, 'submit', { startedAt: at(1) }),
];

describe.each(servers())('audit views on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'audit'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = createDb({ domain: 'audit', url: database.url, app: 'test' });
    await db.insert(jobs).values([...JOBS]);
    await db.insert(jobStages).values([...STAGES]);
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  test('job_metrics_by_bot: rate over succeeded and failed, null when none; duration over finished jobs', async () => {
    const rows = await db.select().from(jobMetricsByBot).orderBy(asc(jobMetricsByBot.botId));
    const line = (
      botId: string,
      counts: readonly [total: number, succeeded: number, failed: number],
      avg: unknown,
      rate: unknown,
    ) => {
      const [totalJobs, succeededJobs, failedJobs] = counts;
      return { botId, totalJobs, succeededJobs, failedJobs, avgDurationSeconds: avg, successRate: rate };
    };
    expect(rows).toEqual([
      line('canceled-only', [1, 0, 0], 9, null),
      line('mixed', [6, 2, 1], 11, expect.closeTo(66.666_667, 6)),
      line('precise', [2, 2, 0], 0.875, 100),
      line('skewed', [2, 1, 0], null, 100),
      line('unlucky', [1, 0, 1], 1, 0),
      line('waiting', [1, 0, 0], null, null),
    ]);
    for (const row of rows) expect(botMetricsSelectSchema.parse(row)).toEqual(row);
  });

  test('job_stage_summary: average over ended stages, the running ones are counted only', async () => {
    const rows = await db.select().from(jobStageSummary).orderBy(asc(jobStageSummary.stageName));
    expect(rows).toEqual([
      {
        stageName: 'login',
        totalStages: 4,
        succeededStages: 2,
        failedStages: 1,
        avgDurationSeconds: expect.closeTo((1 + 2.5 + 3) / 3, 6),
      },
      { stageName: 'submit', totalStages: 1, succeededStages: 0, failedStages: 0, avgDurationSeconds: null },
    ]);
    for (const row of rows) expect(stageSummarySelectSchema.parse(row)).toEqual(row);
  });

  test('the alias views give what the tables and the metrics give, a job and a stage whole', async () => {
    expect(await db.select().from(jobsV).orderBy(asc(jobsV.jobId))).toEqual(
      await db.select().from(jobs).orderBy(asc(jobs.jobId)),
    );
    expect(await db.select().from(jobStagesV).orderBy(asc(jobStagesV.id))).toEqual(
      await db.select().from(jobStages).orderBy(asc(jobStages.id)),
    );
    expect(await db.select().from(jobMetricsV).orderBy(asc(jobMetricsV.botId))).toEqual(
      await db.select().from(jobMetricsByBot).orderBy(asc(jobMetricsByBot.botId)),
    );
  });

  test('recent_jobs: a job whose acceptance is unknown is not among them', async () => {
    expect(await db.select().from(recentJobs)).toEqual([]);
  });

  test('recent_jobs: the 100 newest, newest first, each whole, with its seconds and its stages', async () => {
    const recent = Array.from({ length: 105 }, (_, n) =>
      took(100 + n, 1.5, {
        acceptedAt: at(n),
        meta: { n },
        createdBy: { name: 'Ann', role: 'admin', at: '2026-11-01T12:00:00Z' },
      }),
    );
    // two of the same moment: the greater id first; one of them still runs
    recent.push({ ...took(900, 0, { acceptedAt: at(104) }), finishedAt: null, state: 'running', durationMs: 7 });
    await db.insert(jobs).values(recent);
    await db.insert(jobStages).values(['login', 'submit', 'login-again'].map((name) => stage(900, name, {})));

    const rows = await db.select().from(recentJobs);
    expect(rows.map(({ jobId: id }) => id)).toEqual([
      jobId(900),
      ...Array.from({ length: 99 }, (_, n) => jobId(204 - n)),
    ]);
    const [running, newest] = rows;
    expect(running).toMatchObject({ state: 'running', durationSeconds: null, durationMs: 7, stageCount: 3 });
    const [whole] = await db
      .select()
      .from(jobs)
      .where(eq(jobs.jobId, jobId(204)));
    expect(newest).toEqual({ ...whole, durationSeconds: 1.5, stageCount: 0 });
    for (const row of rows) expect(recentJobSelectSchema.parse(row)).toEqual(row);
  });
});
