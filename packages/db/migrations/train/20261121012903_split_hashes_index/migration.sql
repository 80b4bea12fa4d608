-- Requests by system prompt.
-- Purpose: system hashes of earlier requests, then look-ups by them (006).
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill system-hashes

CREATE INDEX CONCURRENTLY "idx_api_requests_system_hash" ON "train"."api_requests" ("system_hash");
--> statement-breakpoint
ANALYZE "train"."api_requests";
