-- One stage, one row: the duplicates go.
-- Purpose: early writers told a stage more than once. The data step moves all but one row of each (job_id, stage_name,
--   started_at) to the quarantine; then the index that keeps new ones out is built. Accident: the file of this name in the
--   running system removed nothing, so it failed where duplicates were, and its key had a nullable column, so that rows with
--   NULL never collided; here NULLs are equal
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill job-stages-dedupe
CREATE UNIQUE INDEX CONCURRENTLY "job_stages_job_id_stage_name_started_at_key"
	ON "audit"."job_stages" ("job_id", "stage_name", "started_at") NULLS NOT DISTINCT;
