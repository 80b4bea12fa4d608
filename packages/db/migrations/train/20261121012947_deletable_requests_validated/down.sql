-- Undo: Parent links are checked.
-- Constraints cannot be made unchecked: they are put in again, and rows written from then on are checked.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP CONSTRAINT "api_requests_parent_task_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_task_request_id_fkey" FOREIGN KEY ("parent_task_request_id") REFERENCES "train"."api_requests"("request_id") ON DELETE SET NULL NOT VALID,
  DROP CONSTRAINT "api_requests_parent_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_request_id_fkey" FOREIGN KEY ("parent_request_id") REFERENCES "train"."api_requests"("request_id") ON DELETE SET NULL NOT VALID;
