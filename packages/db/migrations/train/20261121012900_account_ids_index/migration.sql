-- Usage by account.
-- Purpose: account ids of earlier requests by the mapping in TRAIN_ACCOUNT_MAP, then token usage of an account in a time window
-- (005). Accident: the mapping was one organisation's hosts, written into the migration.
-- Date: 2026-11-21
-- db: no-transaction
-- db: after-backfill account-ids

CREATE INDEX CONCURRENTLY "idx_api_requests_account_timestamp" ON "train"."api_requests" ("account_id","timestamp");
--> statement-breakpoint
ANALYZE "train"."api_requests";
