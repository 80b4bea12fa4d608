-- Account ids.
-- Purpose: which account served a request (005).
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests" ADD COLUMN "account_id" varchar(255);
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."account_id" IS 'Account that served the request; NULL: unknown';
