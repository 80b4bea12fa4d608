import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, varchar } from 'drizzle-orm/pg-core';
import { auditSchema } from './audit.ts';
import { durationSeconds } from './duration-seconds.ts';

/** One row per stage name. Reads every stage. */
export const jobStageSummary = auditSchema
  .view('job_stage_summary', {
    stageName: varchar('stage_name').notNull(),
    /** Stages in any status, the unfinished ones included. */
    totalStages: bigint('total_stages', { mode: 'number' }).notNull(),
    succeededStages: bigint('succeeded_stages', { mode: 'number' }).notNull(),
    failedStages: bigint('failed_stages', { mode: 'number' }).notNull(),
    /** Seconds from start to end, over the stages that ended. NULL: none did. */
    avgDurationSeconds: doublePrecision('avg_duration_seconds'),
  })
  .as(sql`SELECT
	stage_name,
	count(*) AS total_stages,
	count(*) FILTER (WHERE status = 'succeed') AS succeeded_stages,
	count(*) FILTER (WHERE status = 'fail') AS failed_stages,
	avg(${durationSeconds('ended_at')})::double precision AS avg_duration_seconds
FROM audit.job_stages
GROUP BY stage_name`);
