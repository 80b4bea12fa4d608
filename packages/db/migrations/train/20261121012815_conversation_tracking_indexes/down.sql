-- Undo: Indexes for conversation tracking.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_message_count";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_parent_hash";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_current_hash";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_branch";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_branch_id";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_conversation_id";
