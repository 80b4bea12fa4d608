-- Undo: Train ids in place of domains.
-- Renames keep every row, index and refresh, as on the way up.
-- Date: 2026-11-21

COMMENT ON COLUMN "train"."analysis_audit_log"."train_id" IS NULL;
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."train_id" IS NULL;
--> statement-breakpoint
ALTER INDEX "train"."idx_hourly_stats_hour_train_model" RENAME TO "idx_hourly_stats_hour_domain_model";
--> statement-breakpoint
ALTER MATERIALIZED VIEW "train"."hourly_stats" RENAME COLUMN "train_id" TO "domain";
--> statement-breakpoint
ALTER INDEX "train"."idx_api_requests_train_timestamp_response" RENAME TO "idx_api_requests_domain_timestamp_response";
--> statement-breakpoint
ALTER INDEX "train"."idx_api_requests_train_id" RENAME TO "idx_api_requests_domain";
--> statement-breakpoint
ALTER INDEX "train"."idx_analysis_audit_log_train_id" RENAME TO "idx_analysis_audit_log_domain";
--> statement-breakpoint
ALTER TABLE "train"."api_requests" RENAME COLUMN "train_id" TO "domain";
--> statement-breakpoint
ALTER TABLE "train"."analysis_audit_log" RENAME COLUMN "train_id" TO "domain";
