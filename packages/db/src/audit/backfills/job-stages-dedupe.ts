import type { Backfill } from '@repo/migrate/config';

/** Moves duplicate stages to the quarantine, so that a stage is told once. */
export const jobStagesDedupe: Backfill = {
  name: 'job-stages-dedupe',
  rule:
    'Rows with equal (job_id, stage_name, started_at) tell the same stage; an unknown start equals an unknown start. The row that ' +
    'knows most stays (most of ended_at, status, duration_ms, meta and error filled), among equals the one with the lowest id, ' +
    'unchanged: nothing is merged into it. The others are copied whole to job_stages_quarantine, with the reason, the time and the ' +
    'id that stayed, and removed by the same statement; a row that was not copied is not removed.',
  table: 'audit.job_stages',
  key: { column: 'id', type: 'integer' },
  batch: `WITH duplicate AS (
  SELECT stage.*, kept.id AS kept_id
  FROM audit.job_stages stage
  CROSS JOIN LATERAL (
    SELECT candidate.id
    FROM audit.job_stages candidate
    WHERE candidate.job_id = stage.job_id
      AND candidate.stage_name = stage.stage_name
      AND candidate.started_at IS NOT DISTINCT FROM stage.started_at
    ORDER BY num_nonnulls(candidate.ended_at, candidate.status, candidate.duration_ms, candidate.meta, candidate.error) DESC,
      candidate.id
    LIMIT 1
  ) kept
  WHERE ($1::integer IS NULL OR stage.id > $1) AND stage.id <= $2
    AND kept.id <> stage.id
  FOR UPDATE OF stage
), copied AS (
  INSERT INTO audit.job_stages_quarantine
    (job_stage_id, kept_job_stage_id, reason, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms)
  SELECT id, kept_id, 'duplicate', job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms
  FROM duplicate
  RETURNING job_stage_id
)
DELETE FROM audit.job_stages stage USING copied
WHERE stage.id = copied.job_stage_id
  AND ($1::integer IS NULL OR stage.id > $1) AND stage.id <= $2`,
  // the first condition answers 0 without a look at the rows where the finished unique index forbids duplicates
  remaining: `SELECT coalesce(sum(told - 1), 0)::bigint AS count
FROM (
  SELECT count(*) AS told
  FROM audit.job_stages
  WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_index
    WHERE indexrelid = to_regclass('audit.job_stages_job_id_stage_name_started_at_key') AND indisvalid
  )
  GROUP BY job_id, stage_name, started_at
  HAVING count(*) > 1
) stage`,
};
