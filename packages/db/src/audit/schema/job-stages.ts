import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, jsonb, serial, unique, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { auditSchema, type JsonObject } from './audit.ts';
import { jobs } from './jobs.ts';

/** How a stage ended. */
export const STAGE_STATUSES = ['succeed', 'fail'] as const;

/** One row per stage that a job went through, for example login or fill-form. Written by the event feed. */
export const jobStages = auditSchema.table(
  'job_stages',
  {
    id: serial('id').primaryKey(),
    jobId: uuid('job_id').notNull(),
    stageName: varchar('stage_name').notNull(),
    /** NULL: unknown. */
    startedAt: timestamptz('started_at'),
    /** NULL: the stage still runs, or its end was never heard of. */
    endedAt: timestamptz('ended_at'),
    /** NULL: as for ended_at. */
    status: varchar('status', { enum: STAGE_STATUSES }),
    /** What the bot knew about the stage. */
    meta: jsonb('meta').$type<JsonObject>(),
    /** Why the stage failed. NULL: it did not. */
    error: jsonb('error').$type<JsonObject>(),
    /** Milliseconds from started_at to ended_at, filled by the writer when the stage ends. NULL: as for jobs.duration_ms. */
    durationMs: integer('duration_ms'),
  },
  (t) => [
    check('job_stages_status_check', sql`${t.status} IN ('succeed', 'fail')`),
    foreignKey({ name: 'fk_job_stages_job_id', columns: [t.jobId], foreignColumns: [jobs.jobId] }).onDelete('cascade'),
    // a stage is told once; the writer upserts on it. NULLS NOT DISTINCT: stages without a start collide too
    unique('job_stages_job_id_stage_name_started_at_key').on(t.jobId, t.stageName, t.startedAt).nullsNotDistinct(),
    // a job's stages, and the cascade from jobs
    index('idx_job_stages_job_id').on(t.jobId),
    // one stage over all jobs
    index('idx_job_stages_stage_name').on(t.stageName),
    // the slowest stages, and those whose duration is not known
    index('idx_job_stages_duration_ms').on(t.durationMs),
  ],
);
