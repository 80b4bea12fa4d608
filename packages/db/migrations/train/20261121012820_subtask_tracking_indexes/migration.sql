-- Indexes for sub-task tracking.
-- Purpose: the sub-tasks of a request, and the request whose Task prompt started a sub-task: containment in
-- task_tool_invocation (003).
-- Date: 2026-11-21
-- db: no-transaction

ALTER TABLE "train"."api_requests" VALIDATE CONSTRAINT "api_requests_parent_task_request_id_fkey";
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_parent_task_request_id" ON "train"."api_requests" ("parent_task_request_id") WHERE "parent_task_request_id" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_task_tool_invocation" ON "train"."api_requests" USING gin ("task_tool_invocation" jsonb_path_ops) WHERE "task_tool_invocation" IS NOT NULL;
