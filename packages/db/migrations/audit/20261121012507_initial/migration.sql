-- The schema of the seed: jobs and job_stages.
-- Purpose: the two tables with their keys, checks and indexes. Where the seed contradicts itself the column lists win over the
--   style rules (varchar, serial id of job_stages), but timestamps always carry their zone
-- Date: 2026-11-21
CREATE SCHEMA "audit";
--> statement-breakpoint
CREATE TABLE "audit"."job_stages" (
	"id" serial PRIMARY KEY,
	"job_id" uuid NOT NULL,
	"stage_name" varchar NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"status" varchar,
	"meta" jsonb,
	"error" jsonb,
	CONSTRAINT "job_stages_status_check" CHECK ("status" IN ('succeed', 'fail'))
);
--> statement-breakpoint
CREATE TABLE "audit"."jobs" (
	"job_id" uuid PRIMARY KEY,
	"bot_id" varchar NOT NULL,
	"state" varchar NOT NULL,
	"accepted_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"meta" jsonb,
	"result" jsonb,
	"created_by" jsonb,
	"error_message" text,
	CONSTRAINT "jobs_state_check" CHECK ("state" IN ('queued', 'running', 'succeeded', 'failed', 'canceled'))
);
--> statement-breakpoint
CREATE INDEX "idx_job_stages_job_id" ON "audit"."job_stages" ("job_id");
--> statement-breakpoint
CREATE INDEX "idx_job_stages_stage_name" ON "audit"."job_stages" ("stage_name");
--> statement-breakpoint
CREATE INDEX "idx_jobs_bot_id" ON "audit"."jobs" ("bot_id");
--> statement-breakpoint
CREATE INDEX "idx_jobs_state" ON "audit"."jobs" ("state");
--> statement-breakpoint
CREATE INDEX "idx_jobs_accepted_at" ON "audit"."jobs" ("accepted_at" DESC);
--> statement-breakpoint
CREATE INDEX "idx_jobs_bot_id_state_accepted_at" ON "audit"."jobs" ("bot_id","state","accepted_at");
--> statement-breakpoint
ALTER TABLE "audit"."job_stages" ADD CONSTRAINT "fk_job_stages_job_id" FOREIGN KEY ("job_id") REFERENCES "audit"."jobs"("job_id") ON DELETE CASCADE;
