-- Undo: The schema of the seed: jobs and job_stages.
-- Loses: every row of the domain.
-- Date: 2026-11-21

DROP TABLE "audit"."job_stages";
--> statement-breakpoint
DROP TABLE "audit"."jobs";
--> statement-breakpoint
DROP SCHEMA "audit";
