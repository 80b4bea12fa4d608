-- Train ids in place of domains.
-- Purpose: domain becomes train_id (012). Renames keep every row, index and refresh; hourly_stats is renamed too, not made
-- again, so its unique index, comment and rows stay. Accident: a variant that began at another column lost the trains of
-- installations like this one.
-- Date: 2026-11-21
-- db: allow LINT_RENAME: the seed renames the column; the proxy of this release writes train_id

ALTER TABLE "train"."analysis_audit_log" RENAME COLUMN "domain" TO "train_id";
--> statement-breakpoint
ALTER TABLE "train"."api_requests" RENAME COLUMN "domain" TO "train_id";
--> statement-breakpoint
ALTER INDEX "train"."idx_analysis_audit_log_domain" RENAME TO "idx_analysis_audit_log_train_id";
--> statement-breakpoint
ALTER INDEX "train"."idx_api_requests_domain" RENAME TO "idx_api_requests_train_id";
--> statement-breakpoint
ALTER INDEX "train"."idx_api_requests_domain_timestamp_response" RENAME TO "idx_api_requests_train_timestamp_response";
--> statement-breakpoint
ALTER MATERIALIZED VIEW "train"."hourly_stats" RENAME COLUMN "domain" TO "train_id";
--> statement-breakpoint
ALTER INDEX "train"."idx_hourly_stats_hour_domain_model" RENAME TO "idx_hourly_stats_hour_train_model";
--> statement-breakpoint

-- objects
COMMENT ON COLUMN "train"."api_requests"."train_id" IS 'Train that the client named; trains.train_id where that train exists';
--> statement-breakpoint
COMMENT ON COLUMN "train"."analysis_audit_log"."train_id" IS 'Train that the conversation belongs to';
