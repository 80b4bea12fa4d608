-- Undo: Sub-tasks before a time.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_subtask_sequence";
