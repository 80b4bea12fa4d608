-- Undo: The schema of the seed: plans, instances, jobs, items, publish logs.
-- Loses: every row of the domain. The four plans come again with the way up.
-- Date: 2026-11-21

DROP TABLE "optimizer"."publish_logs";
--> statement-breakpoint
DROP TABLE "optimizer"."job_items";
--> statement-breakpoint
DROP TABLE "optimizer"."jobs";
--> statement-breakpoint
DROP TABLE "optimizer"."app_instances";
--> statement-breakpoint
DROP TABLE "optimizer"."plans";
--> statement-breakpoint
DROP TYPE "optimizer"."job_status";
--> statement-breakpoint
DROP TYPE "optimizer"."item_status";
--> statement-breakpoint
DROP SCHEMA "optimizer";
