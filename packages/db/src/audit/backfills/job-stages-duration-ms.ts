import type { Backfill } from '@repo/migrate/config';

/** Without subtraction: that fails for infinite moments before Postgres 17. */
const KNOWABLE = `duration_ms IS NULL
  AND isfinite(started_at) AND ended_at >= started_at
  AND ended_at <= started_at + INTERVAL '2147483647 milliseconds'`;

/** Fills job_stages.duration_ms for the rows that were written before the column was. */
export const jobStagesDurationMs: Backfill = {
  name: 'job-stages-duration-ms',
  rule:
    'job_stages.duration_ms = ended_at − started_at in milliseconds, rounded, where both are known and in order. It stays NULL for ' +
    'stages whose start or end is unknown, that ended before they started, or that took more than the 24.8 days an integer holds. ' +
    'A duration that the writer set is never changed.',
  table: 'audit.job_stages',
  key: { column: 'id', type: 'integer' },
  connections: 2,
  batch: `UPDATE audit.job_stages
SET duration_ms = round(extract(epoch FROM ended_at - started_at) * 1000)::integer
WHERE ($1::integer IS NULL OR id > $1) AND id <= $2
  AND ${KNOWABLE}`,
  remaining: `SELECT count(*) FROM audit.job_stages WHERE ${KNOWABLE}`,
};
