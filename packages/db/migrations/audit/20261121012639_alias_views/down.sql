-- Undo: Views under other names.
-- Loses: grants on the views.
-- Date: 2026-11-21

DROP VIEW "audit"."jobs_v";
--> statement-breakpoint
DROP VIEW "audit"."job_stages_v";
--> statement-breakpoint
DROP VIEW "audit"."job_metrics_v";
