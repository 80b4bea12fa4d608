-- Undo: Indexes for sub-task tracking.
-- A constraint cannot be made unchecked: it is put in again, and rows written from then on are checked.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_task_tool_invocation";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_parent_task_request_id";
--> statement-breakpoint
ALTER TABLE "train"."api_requests"
  DROP CONSTRAINT "api_requests_parent_task_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_task_request_id_fkey" FOREIGN KEY ("parent_task_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID;
