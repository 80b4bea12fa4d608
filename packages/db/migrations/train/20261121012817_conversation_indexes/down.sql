-- Undo: Conversation queries.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_covering";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_timestamp";
