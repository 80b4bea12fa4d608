-- Window functions over conversations.
-- Purpose: the latest request of a conversation, and its sub-tasks in order (004). request_id is the primary key, so joins need
-- no index more. Dropped as redundant: the index on conversation_id, with which (conversation_id, branch_id) begins, and the
-- one on (conversation_id, timestamp), whose keys the covering index has.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_timestamp_id" ON "train"."api_requests" ("conversation_id","timestamp" DESC,"request_id" DESC) WHERE "conversation_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_subtask" ON "train"."api_requests" ("conversation_id","is_subtask","timestamp","request_id") WHERE "conversation_id" IS NOT NULL;
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_id";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_timestamp";
--> statement-breakpoint
ANALYZE "train"."api_requests";
