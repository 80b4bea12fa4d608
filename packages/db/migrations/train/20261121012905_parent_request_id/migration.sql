-- Parent requests.
-- Purpose: the request just before each request (007). Both constraints are validated in the next file.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  ADD COLUMN "parent_request_id" uuid,
  ADD CONSTRAINT "api_requests_parent_request_id_fkey" FOREIGN KEY ("parent_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID,
  ADD CONSTRAINT "api_requests_parent_request_id_check" CHECK ("parent_request_id" <> "request_id") NOT VALID;
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."parent_request_id" IS 'Request just before this one in its conversation; NULL: none, or not certain';
