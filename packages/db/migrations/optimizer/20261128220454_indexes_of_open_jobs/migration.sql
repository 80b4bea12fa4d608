-- Indexes of open jobs.
-- Purpose: a claim reads one shop's open jobs in their order, without a sort; nobody counts running items by the items any more.
-- Date: 2026-11-28
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_jobs_open" ON "optimizer"."jobs" ("instance_id","id") WHERE "status" IN ('PENDING', 'RUNNING');--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."idx_job_items_running";
