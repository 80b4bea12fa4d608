-- Undo: Views for metrics and reports.
-- Loses: grants on the views.
-- Date: 2026-11-21

DROP VIEW "audit"."recent_jobs";
--> statement-breakpoint
DROP VIEW "audit"."job_stage_summary";
--> statement-breakpoint
DROP VIEW "audit"."job_metrics_by_bot";
