-- Hash of the system prompt.
-- Purpose: conversations keep their links when the system prompt changes, because it has a hash of its own (006).
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests" ADD COLUMN "system_hash" varchar(64);
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."system_hash" IS 'SHA-256 of the system prompt alone; NULL: none, or unknown';
