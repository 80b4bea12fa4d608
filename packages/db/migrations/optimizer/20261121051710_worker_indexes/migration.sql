-- Worker indexes.
-- Purpose: the claim reads due items only, one idempotency key makes one job, one item is published once (the running system wrote to
--   Wix first and failed on the key afterwards). Built while the application goes on writing.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_job_items_claim" ON "optimizer"."job_items" ("job_id","available_at","id") WHERE "status" IN ('PENDING', 'RUNNING');--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_job_items_running" ON "optimizer"."job_items" ("job_id") WHERE "status" = 'RUNNING';--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "jobs_instance_id_idempotency_key_key" ON "optimizer"."jobs" ("instance_id","idempotency_key");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_jobs_instance_created" ON "optimizer"."jobs" ("instance_id","created_at" DESC,"id" DESC);--> statement-breakpoint
CREATE UNIQUE INDEX CONCURRENTLY "publish_logs_job_item_id_key" ON "optimizer"."publish_logs" ("job_item_id");
