-- Conversation queries.
-- Purpose: one conversation in order of time (002): a composite index, and a covering one that answers lists without reading
-- the rows, whose bodies are large.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_timestamp" ON "train"."api_requests" ("conversation_id","timestamp") WHERE "conversation_id" IS NOT NULL;
--> statement-breakpoint

-- objects
CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_covering" ON "train"."api_requests" USING btree ("conversation_id", "timestamp") INCLUDE ("request_id", "domain", "branch_id", "model", "total_tokens", "message_count") WHERE conversation_id IS NOT NULL;
--> statement-breakpoint
ANALYZE "train"."api_requests";
