-- Undo: Analyses of conversations.
-- Loses: every analysis, and the log of their steps.
-- Date: 2026-11-21

DROP TABLE "train"."conversation_analyses";
--> statement-breakpoint
DROP TABLE "train"."analysis_audit_log";
--> statement-breakpoint
DROP FUNCTION "train"."trigger_set_timestamp"();
--> statement-breakpoint
DROP TYPE "train"."conversation_analysis_status";
