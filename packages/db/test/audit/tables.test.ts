import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  jobInsertSchema,
  jobSelectSchema,
  jobStageSelectSchema,
  jobStages,
  jobStagesQuarantine,
  jobs,
  jobUpdateSchema,
  quarantinedJobStageSelectSchema,
} from '../../src/audit/index.ts';
import { createDb, type Db } from '../../src/index.ts';
import { type MigratedDatabase, migratedDatabase, servers } from '../support/database.ts';
import { refusalOf } from '../support/refusal.ts';

const jobId = (n: number) => `3f0c6d9e-7a0a-4b35-9d6f-${String(n).padStart(12, '0')}`;
const startedAt = new Date('2026-11-01T10:00:00.123Z');
const queued = (n: number) => jobInsertSchema.parse({ jobId: jobId(n), botId: 'upload', state: 'queued' });
const quarantined = {
  jobStageId: 2,
  keptJobStageId: 1,
  reason: 'duplicate',
  jobId: jobId(0),
  stageName: 'login',
} as const;
/** Every column that must be given, of every table. */
const REQUIRED = {
  jobs: ['job_id', 'bot_id', 'state'],
  job_stages: ['id', 'job_id', 'stage_name'],
  job_stages_quarantine: [
    'id',
    'job_stage_id',
    'kept_job_stage_id',
    'reason',
    'quarantined_at',
    'job_id',
    'stage_name',
  ],
};

describe.each(servers())('audit tables on PostgreSQL $version', ({ url }) => {
  let database: MigratedDatabase;
  let db: Db<'audit'>;
  beforeAll(async () => {
    database = await migratedDatabase(url);
    db = createDb({ domain: 'audit', url: database.url, app: 'test' });
  });
  afterAll(async () => {
    await db.close();
    await database[Symbol.asyncDispose]();
  });

  test('a job is accepted, finished, and read with its stages', async () => {
    const createdBy = { name: 'Ann', role: 'admin', at: '2026-11-01T10:00:00Z' };
    const job = jobInsertSchema.parse({ ...queued(1), acceptedAt: startedAt, meta: { planId: '7' }, createdBy });
    await db.insert(jobs).values(job);
    await db
      .insert(jobs)
      .values(job)
      .onConflictDoUpdate({
        target: jobs.jobId,
        set: jobUpdateSchema.parse({
          state: 'succeeded',
          finishedAt: startedAt,
          durationMs: 12_345,
          result: { ok: true },
        }),
      });
    const [stage] = await db
      .insert(jobStages)
      .values({
        jobId: jobId(1),
        stageName: 'login',
        startedAt,
        status: 'succeed',
        durationMs: 7,
        meta: { attempt: 1 },
      })
      .returning();
    const found = await db.query.jobs.findFirst({
      where: { jobId: jobId(1) },
      with: { stages: { with: { job: true } } },
    });
    expect(found).toMatchObject({ ...job, state: 'succeeded', durationMs: 12_345, result: { ok: true }, createdBy });
    expect(found?.stages).toMatchObject([{ id: stage?.id, durationMs: 7, error: null, job: { botId: 'upload' } }]);
    const [row] = await db
      .select()
      .from(jobs)
      .where(eq(jobs.jobId, jobId(1)));
    expect(jobSelectSchema.parse(row)).toEqual(row);
    expect(jobStageSelectSchema.parse(stage)).toEqual(stage);
  });

  test('a stage that is told again updates its row, also where its start is unknown', async () => {
    await db.insert(jobs).values(queued(2));
    const target = [jobStages.jobId, jobStages.stageName, jobStages.startedAt];
    for (const start of [startedAt, null]) {
      const told = { jobId: jobId(2), stageName: 'submit', startedAt: start };
      await db
        .insert(jobStages)
        .values(told)
        .onConflictDoUpdate({ target, set: { status: 'succeed' } });
      await db
        .insert(jobStages)
        .values(told)
        .onConflictDoUpdate({ target, set: { status: 'fail' } });
    }
    const rows = await db
      .select({ status: jobStages.status })
      .from(jobStages)
      .where(eq(jobStages.jobId, jobId(2)));
    expect(rows).toEqual([{ status: 'fail' }, { status: 'fail' }]);
  });

  test('one stage of a job starts once at a moment; another moment, stage or job is another row', async () => {
    await db.insert(jobs).values([queued(3), queued(4)]);
    const stage = { jobId: jobId(3), stageName: 'login', startedAt };
    const known = await db.insert(jobStages).values(stage).returning();
    const unknown = await db
      .insert(jobStages)
      .values({ ...stage, startedAt: null })
      .returning();
    const later = await db
      .insert(jobStages)
      .values({ ...stage, startedAt: new Date('2026-11-01T10:00:00.124Z') })
      .returning();
    const other = await db
      .insert(jobStages)
      .values([
        { ...stage, stageName: 'submit' },
        { ...stage, jobId: jobId(4) },
      ])
      .returning();
    expect([known, unknown, later, other].flat()).toHaveLength(5);
    const refusal = { code: '23505', name: 'job_stages_job_id_stage_name_started_at_key' };
    expect(await refusalOf(db.insert(jobStages).values(stage))).toEqual(refusal);
    expect(await refusalOf(db.insert(jobStages).values({ ...stage, startedAt: null }))).toEqual(refusal);
  });

  test('a quarantined stage is written and read, and needs neither its job nor the row that stayed', async () => {
    const [row] = await db.insert(jobStagesQuarantine).values(quarantined).returning();
    const found = await db.query.jobStagesQuarantine.findFirst({ where: { jobStageId: 2 } });
    expect(found).toEqual(row);
    expect(quarantinedJobStageSelectSchema.parse(row)).toMatchObject({ id: expect.any(BigInt), startedAt: null });
  });

  test('deleting a job deletes its stages', async () => {
    await db.insert(jobs).values(queued(5));
    await db.insert(jobStages).values({ jobId: jobId(5), stageName: 'login' });
    await db.delete(jobs).where(eq(jobs.jobId, jobId(5)));
    expect(await db.$count(jobStages, eq(jobStages.jobId, jobId(5)))).toBe(0);
  });

  test('every state and status of the seed is taken, and no other', async () => {
    const states = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
    await db.insert(jobs).values(states.map((state, n) => ({ ...queued(10 + n), state })));
    const stages = (['succeed', 'fail', null] as const).map((status, n) => ({
      jobId: jobId(10 + n),
      stageName: 's',
      status,
    }));
    await db.insert(jobStages).values(stages);
    const ids = states.map((_, n) => jobId(10 + n));
    expect(await db.$count(jobStages, inArray(jobStages.jobId, ids))).toBe(3);
    const { sql } = database;
    expect({
      state: await refusalOf(sql`UPDATE audit.jobs SET state = 'done'`),
      status: await refusalOf(sql`UPDATE audit.job_stages SET status = 'start'`),
      reason: await refusalOf(sql`UPDATE audit.job_stages_quarantine SET reason = 'old'`),
    }).toEqual({
      state: { code: '23514', name: 'jobs_state_check' },
      status: { code: '23514', name: 'job_stages_status_check' },
      reason: { code: '23514', name: 'job_stages_quarantine_reason_check' },
    });
  });

  test('keys and the foreign key refuse what does not fit', async () => {
    await db.insert(jobs).values(queued(20));
    const [stage] = await db
      .insert(jobStages)
      .values({ jobId: jobId(20), stageName: 'login' })
      .returning();
    const [kept] = await db.insert(jobStagesQuarantine).values(quarantined).returning();
    const again = { id: stage?.id ?? 0, jobId: jobId(20), stageName: 'submit' };
    expect({
      job: await refusalOf(db.insert(jobs).values(queued(20))),
      stage: await refusalOf(db.insert(jobStages).values(again)),
      quarantine: await refusalOf(db.insert(jobStagesQuarantine).values({ ...quarantined, id: kept?.id ?? 0n })),
      jobOfStage: await refusalOf(db.insert(jobStages).values({ jobId: jobId(99), stageName: 'login' })),
    }).toEqual({
      job: { code: '23505', name: 'jobs_pkey' },
      stage: { code: '23505', name: 'job_stages_pkey' },
      quarantine: { code: '23505', name: 'job_stages_quarantine_pkey' },
      jobOfStage: { code: '23503', name: 'fk_job_stages_job_id' },
    });
  });

  test.each(Object.entries(REQUIRED))('%s refuses NULL in each column that must be known', async (table, required) => {
    await db.insert(jobs).values(queued(30)).onConflictDoNothing();
    await db
      .insert(jobStages)
      .values({ jobId: jobId(30), stageName: 'login' })
      .onConflictDoNothing();
    await db.insert(jobStagesQuarantine).values(quarantined);
    const refused: unknown[] = [];
    for (const column of required) {
      refused.push(
        await refusalOf(database.sql`UPDATE audit.${database.sql(table)} SET ${database.sql(column)} = NULL`),
      );
    }
    expect(refused).toEqual(required.map((name) => ({ code: '23502', name })));
  });

  test('the zod schemas know the JSON columns, and an update needs none of them', () => {
    expect(jobInsertSchema.safeParse({ ...queued(1), createdBy: { name: 'Ann' } }).success).toBe(false);
    expect(jobInsertSchema.safeParse({ ...queued(1), meta: ['a', 'list'] }).success).toBe(false);
    expect(jobInsertSchema.safeParse({ ...queued(1), state: 'done' }).success).toBe(false);
    expect(jobUpdateSchema.parse({ state: 'failed' })).toEqual({ state: 'failed' });
  });
});
