-- An index on the finish time of jobs.
-- Purpose: throughput by hour, day and month, success in the last days and the last durations are read by finished_at.
--   Accident: the running system has this index and the seed's list does not, so adoption would have dropped it from under the
--   metrics pages
-- Date: 2026-11-21
-- db: no-transaction
CREATE INDEX CONCURRENTLY "idx_jobs_finished_at" ON "audit"."jobs" ("finished_at");
