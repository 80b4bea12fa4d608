-- Undo worker indexes.
-- Loses: nothing but speed, and the promise of one job a key.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "optimizer"."publish_logs_job_item_id_key";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."idx_jobs_instance_created";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."jobs_instance_id_idempotency_key_key";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."idx_job_items_running";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "optimizer"."idx_job_items_claim";
