import { sql } from 'drizzle-orm';
import { bigint, doublePrecision, varchar } from 'drizzle-orm/pg-core';
import { auditSchema } from './audit.ts';
import { durationSeconds } from './duration-seconds.ts';

/** One row per bot that ever had a job. Reads every job. */
export const jobMetricsByBot = auditSchema
  .view('job_metrics_by_bot', {
    botId: varchar('bot_id').notNull(),
    /** Jobs in any state. */
    totalJobs: bigint('total_jobs', { mode: 'number' }).notNull(),
    succeededJobs: bigint('succeeded_jobs', { mode: 'number' }).notNull(),
    failedJobs: bigint('failed_jobs', { mode: 'number' }).notNull(),
    /** Seconds from start to finish, over the jobs that finished. NULL: none did. */
    avgDurationSeconds: doublePrecision('avg_duration_seconds'),
    /** Percent of succeeded among succeeded and failed. NULL: none of either. */
    successRate: doublePrecision('success_rate'),
  })
  .as(sql`SELECT
	bot_id,
	count(*) AS total_jobs,
	count(*) FILTER (WHERE state = 'succeeded') AS succeeded_jobs,
	count(*) FILTER (WHERE state = 'failed') AS failed_jobs,
	avg(${durationSeconds('finished_at')})::double precision AS avg_duration_seconds,
	(count(*) FILTER (WHERE state = 'succeeded') * 100.0
		/ nullif(count(*) FILTER (WHERE state IN ('succeeded', 'failed')), 0))::double precision AS success_rate
FROM audit.jobs
GROUP BY bot_id`);
