-- Undo indexes of open jobs.
-- Lost: nothing but speed.
-- Date: 2026-11-28
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_job_items_running" ON "optimizer"."job_items" ("job_id") WHERE "status" = 'RUNNING';
--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."idx_jobs_open";
