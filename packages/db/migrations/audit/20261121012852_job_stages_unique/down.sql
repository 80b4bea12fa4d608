-- Undo: One stage, one row: the constraint.
-- A constraint takes its index with it: another one is built before, so that no duplicate slips in, and gets the name.
-- Date: 2026-11-21
-- db: no-transaction

CREATE UNIQUE INDEX CONCURRENTLY "job_stages_job_id_stage_name_started_at_new"
	ON "audit"."job_stages" ("job_id", "stage_name", "started_at") NULLS NOT DISTINCT;
--> statement-breakpoint
ALTER TABLE "audit"."job_stages" DROP CONSTRAINT "job_stages_job_id_stage_name_started_at_key";
--> statement-breakpoint
ALTER INDEX "audit"."job_stages_job_id_stage_name_started_at_new" RENAME TO "job_stages_job_id_stage_name_started_at_key";
