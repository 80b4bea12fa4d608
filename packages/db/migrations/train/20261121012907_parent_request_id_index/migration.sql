-- Children of a request.
-- Purpose: parents of earlier requests, then look-ups by parent (007). Accident: where several requests had the hash of the
-- parent, any of them was taken; now none is.
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill parent-links

ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_request_id_fkey";
--> statement-breakpoint
ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_request_id_check";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_parent_request_id" ON "train"."api_requests" ("parent_request_id");
--> statement-breakpoint
ANALYZE "train"."api_requests";
