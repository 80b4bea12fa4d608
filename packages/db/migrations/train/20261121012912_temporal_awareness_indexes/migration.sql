-- Sub-tasks before a time.
-- Purpose: the next number of a conversation's sub-tasks, and those before a moment (010). The composite index on
-- (conversation_id, timestamp) is there: the covering one.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_subtask_sequence" ON "train"."api_requests" ("conversation_id","timestamp") WHERE "branch_id" LIKE 'subtask_%';
--> statement-breakpoint
ANALYZE "train"."api_requests";
