import type { Backfill } from '@repo/migrate/config';

/** Without subtraction: that fails for infinite moments before Postgres 17. */
const KNOWABLE = `duration_ms IS NULL
  AND isfinite(started_at) AND finished_at >= started_at
  AND finished_at <= started_at + INTERVAL '2147483647 milliseconds'`;

/** Fills jobs.duration_ms for the rows that were written before the column was. */
export const jobsDurationMs: Backfill = {
  name: 'jobs-duration-ms',
  rule:
    'jobs.duration_ms = finished_at − started_at in milliseconds, rounded, where both are known and in order. It stays NULL for jobs ' +
    'that did not start or finish, that finished before they started, or that took more than the 24.8 days an integer holds. ' +
    'A duration that the writer set is never changed.',
  table: 'audit.jobs',
  key: { column: 'job_id', type: 'uuid' },
  connections: 2,
  batch: `UPDATE audit.jobs
SET duration_ms = round(extract(epoch FROM finished_at - started_at) * 1000)::integer
WHERE ($1::uuid IS NULL OR job_id > $1) AND job_id <= $2
  AND ${KNOWABLE}`,
  remaining: `SELECT count(*) FROM audit.jobs WHERE ${KNOWABLE}`,
};
