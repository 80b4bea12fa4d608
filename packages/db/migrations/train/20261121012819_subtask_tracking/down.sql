-- Undo: Sub-task tracking.
-- Loses: sub-task links and Task tool uses. The data steps find them again where the responses and bodies are stored.
-- Date: 2026-11-21

ALTER TABLE "train"."api_requests"
  DROP COLUMN "parent_task_request_id",
  DROP COLUMN "is_subtask",
  DROP COLUMN "task_tool_invocation";
