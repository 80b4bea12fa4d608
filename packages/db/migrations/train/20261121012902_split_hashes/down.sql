-- Undo: Hash of the system prompt.
-- Loses: the hash of the system prompt. The data step computes it again where the body is stored.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP COLUMN "system_hash";
