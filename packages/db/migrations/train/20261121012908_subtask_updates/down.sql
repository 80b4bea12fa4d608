-- Undo: Sub-tasks inherit conversations.
-- Stays: the conversations and branches that the data step gave to sub-tasks. Which conversation each was of before is
-- recorded nowhere.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_api_requests_domain_timestamp_response";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "train"."idx_api_requests_task_timestamp";
