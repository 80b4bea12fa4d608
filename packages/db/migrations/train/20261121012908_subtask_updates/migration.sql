-- Sub-tasks inherit conversations.
-- Purpose: sub-tasks become branches of the conversation that started them, numbered in order of time; indexes for the requests
-- that start sub-tasks, and for the answered requests of a domain (008). Accidents: the step numbered requests, not sub-tasks;
-- its index on the text of whole bodies could never match and never held a long one. The GIN index comes with 009, once.
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill subtask-conversations

CREATE INDEX CONCURRENTLY "idx_api_requests_task_timestamp" ON "train"."api_requests" ("timestamp" DESC) WHERE "task_tool_invocation" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_api_requests_domain_timestamp_response" ON "train"."api_requests" ("domain","timestamp" DESC) WHERE "response_body" IS NOT NULL;
--> statement-breakpoint
ANALYZE "train"."api_requests";
