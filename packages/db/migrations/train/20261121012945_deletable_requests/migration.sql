-- Requests can be deleted.
-- Purpose: a request that others name as parent can be deleted; they keep their conversation and lose the link. Accident:
-- self-references without a delete rule made every retention job fail. Validated in the next file.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP CONSTRAINT "api_requests_parent_task_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_task_request_id_fkey" FOREIGN KEY ("parent_task_request_id") REFERENCES "train"."api_requests"("request_id") ON DELETE SET NULL NOT VALID,
  DROP CONSTRAINT "api_requests_parent_request_id_fkey",
  ADD CONSTRAINT "api_requests_parent_request_id_fkey" FOREIGN KEY ("parent_request_id") REFERENCES "train"."api_requests"("request_id") ON DELETE SET NULL NOT VALID;
