import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, text, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { auditSchema, type JsonObject } from './audit.ts';
import { STAGE_STATUSES } from './job-stages.ts';

/** Why a row was taken out of job_stages. */
export const QUARANTINE_REASONS = ['duplicate'] as const;

/** One row per row ever taken out of job_stages, complete, so that nothing is lost and each can be put back. Written by the data step
 *  `job-stages-dedupe` in the statement that removes the row. No foreign keys: it outlives the job and the row that was kept. */
export const jobStagesQuarantine = auditSchema.table(
  'job_stages_quarantine',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedByDefaultAsIdentity(),
    /** job_stages.id of the removed row. */
    jobStageId: integer('job_stage_id').notNull(),
    /** job_stages.id of the row that stayed in its place. */
    keptJobStageId: integer('kept_job_stage_id').notNull(),
    reason: text('reason', { enum: QUARANTINE_REASONS }).notNull(),
    quarantinedAt: timestamptz('quarantined_at').notNull().defaultNow(),
    jobId: uuid('job_id').notNull(),
    stageName: varchar('stage_name').notNull(),
    startedAt: timestamptz('started_at'),
    endedAt: timestamptz('ended_at'),
    status: varchar('status', { enum: STAGE_STATUSES }),
    meta: jsonb('meta').$type<JsonObject>(),
    error: jsonb('error').$type<JsonObject>(),
    durationMs: integer('duration_ms'),
  },
  (t) => [
    check('job_stages_quarantine_reason_check', sql`${t.reason} IN ('duplicate')`),
    // what was taken out of one job
    index('idx_job_stages_quarantine_job_id').on(t.jobId),
  ],
);
