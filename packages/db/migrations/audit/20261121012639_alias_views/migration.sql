-- Views under other names.
-- Purpose: older queries call the tables and the metrics jobs_v, job_stages_v and job_metrics_v; the seed asks for aliases and
--   names none
-- Date: 2026-11-21
CREATE VIEW "audit"."job_metrics_v" AS (SELECT "bot_id", "total_jobs", "succeeded_jobs", "failed_jobs", "avg_duration_seconds",
	"success_rate"
FROM "audit"."job_metrics_by_bot");
--> statement-breakpoint
CREATE VIEW "audit"."job_stages_v" AS (SELECT "id", "job_id", "stage_name", "started_at", "ended_at", "status", "meta", "error"
FROM "audit"."job_stages");
--> statement-breakpoint
CREATE VIEW "audit"."jobs_v" AS (SELECT "job_id", "bot_id", "state", "accepted_at", "started_at", "finished_at", "meta", "result", "created_by", "error_message"
FROM "audit"."jobs");
