-- Undo: Children of a request.
-- Stays: the parents that the data step found.
-- Constraints cannot be made unchecked: they are put in again, and rows written from then on are checked.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_parent_request_id";
--> statement-breakpoint
ALTER TABLE "train"."api_requests"
  DROP CONSTRAINT "api_requests_parent_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_request_id_fkey" FOREIGN KEY ("parent_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID,
  DROP CONSTRAINT "api_requests_parent_request_id_check",
  ADD CONSTRAINT "api_requests_parent_request_id_check" CHECK ("parent_request_id" <> "request_id") NOT VALID;
