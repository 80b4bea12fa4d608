-- Indexes on the millisecond durations.
-- Purpose: the slowest jobs and stages, once the rows of before have their durations
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill jobs-duration-ms
-- db: after-backfill job-stages-duration-ms
ANALYZE "audit"."jobs";
--> statement-breakpoint
ANALYZE "audit"."job_stages";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_job_stages_duration_ms" ON "audit"."job_stages" ("duration_ms");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_jobs_duration_ms" ON "audit"."jobs" ("duration_ms");
