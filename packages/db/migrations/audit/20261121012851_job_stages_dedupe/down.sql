-- Undo: One stage, one row: the duplicates go.
-- The duplicates come back from the quarantine, with their ids, where their job still exists; the others stay in it.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "audit"."job_stages_job_id_stage_name_started_at_key";
--> statement-breakpoint
WITH missed AS (
  SELECT DISTINCT ON (q.job_stage_id) q.*
  FROM "audit"."job_stages_quarantine" q JOIN "audit"."jobs" j ON j.job_id = q.job_id
  WHERE q.reason = 'duplicate'
  ORDER BY q.job_stage_id, q.id DESC
), back AS (
  INSERT INTO "audit"."job_stages" (id, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms)
  SELECT job_stage_id, job_id, stage_name, started_at, ended_at, status, meta, error, duration_ms FROM missed
  ON CONFLICT DO NOTHING
  RETURNING id
)
DELETE FROM "audit"."job_stages_quarantine" q USING missed, back
WHERE back.id = missed.job_stage_id AND q.id = missed.id;
