-- Undo: Requests can be deleted.
-- Stays: links that deleted requests have emptied. From now on a request that others name as parent cannot be deleted.
-- Date: 2026-11-21
-- db: no-transaction

ALTER TABLE "train"."api_requests"
  DROP CONSTRAINT "api_requests_parent_task_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_task_request_id_fkey" FOREIGN KEY ("parent_task_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID,
  DROP CONSTRAINT "api_requests_parent_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_request_id_fkey" FOREIGN KEY ("parent_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID;
--> statement-breakpoint
ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_task_request_id_fkey";
--> statement-breakpoint
ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_request_id_fkey";
