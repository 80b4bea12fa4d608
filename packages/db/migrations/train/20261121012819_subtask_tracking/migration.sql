-- Sub-task tracking.
-- Purpose: which request started a sub-task by the Task tool, and what it asked for (003). The foreign key is validated in the
-- next file.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  ADD COLUMN "parent_task_request_id" uuid,
  ADD COLUMN "is_subtask" boolean DEFAULT false,
  ADD COLUMN "task_tool_invocation" jsonb,
  ADD CONSTRAINT "api_requests_parent_task_request_id_fkey" FOREIGN KEY ("parent_task_request_id") REFERENCES "train"."api_requests"("request_id") NOT VALID;
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."parent_task_request_id" IS 'Request whose Task tool started this sub-task';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."is_subtask" IS 'Whether the request belongs to a sub-task';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."task_tool_invocation" IS 'Uses of the Task tool in the response: an array';
