import { desc, isNotNull, sql } from 'drizzle-orm';
import { auditSchema } from './audit.ts';
import { durationSeconds } from './duration-seconds.ts';
import { jobs } from './jobs.ts';

/** The 100 jobs accepted last, newest first; among equal moments the greatest job_id. A job whose acceptance is unknown is not in it. */
export const recentJobs = auditSchema.view('recent_jobs').as((qb) => {
  const newest = qb
    .select()
    .from(jobs)
    .where(isNotNull(jobs.acceptedAt))
    .orderBy(desc(jobs.acceptedAt), desc(jobs.jobId))
    .limit(100)
    .as('newest');
  return qb
    .select({
      jobId: newest.jobId,
      botId: newest.botId,
      state: newest.state,
      acceptedAt: newest.acceptedAt,
      startedAt: newest.startedAt,
      finishedAt: newest.finishedAt,
      meta: newest.meta,
      result: newest.result,
      createdBy: newest.createdBy,
      errorMessage: newest.errorMessage,
      /** Seconds from start to finish. NULL: not finished. */
      durationSeconds: sql<number | null>`(${durationSeconds('finished_at')})::double precision`.as('duration_seconds'),
      stageCount: sql<number>`(SELECT count(*) FROM audit.job_stages s WHERE s.job_id = ${newest.jobId})`
        .mapWith(Number)
        .as('stage_count'),
      durationMs: newest.durationMs,
    })
    .from(newest)
    .orderBy(desc(newest.acceptedAt), desc(newest.jobId));
});
