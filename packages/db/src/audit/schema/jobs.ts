import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, text, uuid, varchar } from 'drizzle-orm/pg-core';
import { timestamptz } from '../../columns/timestamptz.ts';
import { auditSchema, type JsonObject } from './audit.ts';

/** Where a job stands. The last three are final. */
export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;

/** Who asked for a job. */
export interface JobCreator {
  readonly name: string;
  readonly role: string;
  /** ISO 8601 moment, with its offset. */
  readonly at: string;
}

/** One row per job that a bot accepted. Written by the event feed (upserts on job_id, in event order); read by the admin and data
 *  pages. The queue lives in the bot's memory, so a killed process leaves queued and running rows behind. */
export const jobs = auditSchema.table(
  'jobs',
  {
    jobId: uuid('job_id').primaryKey(),
    /** Bot that ran the job. */
    botId: varchar('bot_id').notNull(),
    state: varchar('state', { enum: JOB_STATES }).notNull(),
    /** NULL: the feed missed the event, here and in the two columns that follow also where it has not happened yet. */
    acceptedAt: timestamptz('accepted_at'),
    startedAt: timestamptz('started_at'),
    finishedAt: timestamptz('finished_at'),
    /** Job parameters, as the caller gave them. */
    meta: jsonb('meta').$type<JsonObject>(),
    /** What the bot answered. NULL: nothing, or not yet. */
    result: jsonb('result').$type<JsonObject>(),
    /** NULL: unknown. */
    createdBy: jsonb('created_by').$type<JobCreator>(),
    /** Why the job failed. NULL: it did not. */
    errorMessage: text('error_message'),
    /** Milliseconds from started_at to finished_at, filled by the writer when the job finishes. NULL: not finished, not known, or
     *  above the 24.8 days that an integer holds. */
    durationMs: integer('duration_ms'),
  },
  (t) => [
    check('jobs_state_check', sql`${t.state} IN ('queued', 'running', 'succeeded', 'failed', 'canceled')`),
    // figures of one bot
    index('idx_jobs_bot_id').on(t.botId),
    // counts and lists by state
    index('idx_jobs_state').on(t.state),
    // recent_jobs, and every list that shows the newest first
    index('idx_jobs_accepted_at').on(t.acceptedAt.desc().nullsFirst()),
    // one bot's jobs in a state, by time
    index('idx_jobs_bot_id_state_accepted_at').on(t.botId, t.state, t.acceptedAt),
    // throughput and success over time, and the durations of the last jobs
    index('idx_jobs_finished_at').on(t.finishedAt),
    // the slowest jobs, and those whose duration is not known
    index('idx_jobs_duration_ms').on(t.durationMs),
  ],
);
