-- Undo: Indexes on the millisecond durations.
-- Stays: the durations that the data steps filled in.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "audit"."idx_jobs_duration_ms";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "audit"."idx_job_stages_duration_ms";
