-- Conversation tracking.
-- Purpose: hashes of the messages, conversation, branch and message count of each request (001). All defaults are constants, so
-- no row is rewritten.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  ADD COLUMN "current_message_hash" char(64),
  ADD COLUMN "parent_message_hash" char(64),
  ADD COLUMN "conversation_id" uuid,
  ADD COLUMN "branch_id" varchar(255) DEFAULT 'main',
  ADD COLUMN "message_count" integer DEFAULT 0;
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."current_message_hash" IS 'SHA-256 of the messages so far, without the system prompt';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."parent_message_hash" IS 'current_message_hash of the request that this one goes on from';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."conversation_id" IS 'Groups the requests of one conversation';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."branch_id" IS 'Branch within the conversation: main, subtask_N, compact_…, or a user branch';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."message_count" IS 'Messages in the conversation up to and with this request';
