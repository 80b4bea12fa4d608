-- Containment in responses.
-- Purpose: which responses use a tool: @> on response_body (009; also the one that 008 names). Accident: two GIN indexes stood
-- on this column. jsonb_path_ops: the queries ask for containment and paths, not for keys, and it is the smaller one.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_api_requests_response_body" ON "train"."api_requests" USING gin ("response_body" jsonb_path_ops);
--> statement-breakpoint
ANALYZE "train"."api_requests";
