-- Sub-tasks of earlier requests.
-- Purpose: Task tool uses and sub-task links of requests from before the columns existed (003). The data steps run in bounded
-- batches of their own; this file brings the planner up to date.
-- Date: 2026-11-21
-- db: after-backfill task-invocations
-- db: after-backfill subtask-links

ANALYZE "train"."api_requests";
