-- Parent links are checked.
-- Purpose: validates the foreign keys of the file before, without holding up writers.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_task_request_id_fkey";
--> statement-breakpoint
ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_request_id_fkey";
