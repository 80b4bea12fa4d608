-- Undo: Conversation tracking.
-- Loses: hashes, conversation, branch and message count of every request. Only the proxy can compute them, and only for new ones.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP COLUMN "current_message_hash",
  DROP COLUMN "parent_message_hash",
  DROP COLUMN "conversation_id",
  DROP COLUMN "branch_id",
  DROP COLUMN "message_count";
