-- Undo: Window functions over conversations.
-- The two indexes that it dropped are built again first, so that no query is ever without one.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_id" ON "train"."api_requests" ("conversation_id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_timestamp" ON "train"."api_requests" ("conversation_id","timestamp") WHERE "conversation_id" IS NOT NULL;
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_subtask";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_timestamp_id";
