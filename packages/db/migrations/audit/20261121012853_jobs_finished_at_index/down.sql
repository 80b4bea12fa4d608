-- Undo: An index on the finish time of jobs.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "audit"."idx_jobs_finished_at";
