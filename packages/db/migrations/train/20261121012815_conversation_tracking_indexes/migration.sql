-- Indexes for conversation tracking.
-- Purpose: linking a request to its conversation by hash, and reading conversations and branches (001).
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_id" ON "train"."api_requests" ("conversation_id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_branch_id" ON "train"."api_requests" ("branch_id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_conversation_branch" ON "train"."api_requests" ("conversation_id","branch_id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_current_hash" ON "train"."api_requests" ("current_message_hash");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_parent_hash" ON "train"."api_requests" ("parent_message_hash");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_message_count" ON "train"."api_requests" ("message_count");
