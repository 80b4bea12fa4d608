-- The schema of the seed: plans, instances, jobs, items, publish logs.
-- Purpose: two enums, five tables with their keys and indexes, and the four plans that code depends on (deploy runs nothing
--   else). The free plan has 100 credits a month and credits_total defaults to 100, as the seed says; jobs(created_at) and
--   publish_logs(instance_id, applied_at) really descend.
-- Date: 2026-11-21
CREATE SCHEMA "optimizer";
--> statement-breakpoint
CREATE TYPE "optimizer"."item_status" AS ENUM('PENDING', 'RUNNING', 'DONE', 'FAILED');
--> statement-breakpoint
CREATE TYPE "optimizer"."job_status" AS ENUM('PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELED');
--> statement-breakpoint
CREATE TABLE "optimizer"."app_instances" (
	"instance_id" text PRIMARY KEY,
	"site_host" text NOT NULL,
	"access_token" text NOT NULL,
	"refresh_token" text NOT NULL,
	"token_expires_at" timestamp with time zone NOT NULL,
	"plan_id" text DEFAULT 'free' NOT NULL,
	"credits_total" integer DEFAULT 100 NOT NULL,
	"credits_used_month" integer DEFAULT 0 NOT NULL,
	"credits_reset_on" date DEFAULT CAST(date_trunc('month', now() AT TIME ZONE 'UTC') + INTERVAL '1 month' AS date) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "optimizer"."job_items" (
	"id" bigserial PRIMARY KEY,
	"job_id" bigint NOT NULL,
	"product_id" text NOT NULL,
	"attribute" text NOT NULL,
	"before_value" text,
	"after_value" text,
	"status" "optimizer"."item_status" DEFAULT 'PENDING'::"optimizer"."item_status" NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "optimizer"."jobs" (
	"id" bigserial PRIMARY KEY,
	"instance_id" text NOT NULL,
	"status" "optimizer"."job_status" DEFAULT 'PENDING'::"optimizer"."job_status" NOT NULL,
	"source_scope" text NOT NULL,
	"source_ids" jsonb NOT NULL,
	"attributes" jsonb NOT NULL,
	"target_lang" text NOT NULL,
	"user_prompt" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "optimizer"."plans" (
	"id" text PRIMARY KEY,
	"name" text NOT NULL,
	"price_cents" integer NOT NULL,
	"monthly_credits" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "optimizer"."publish_logs" (
	"id" bigserial PRIMARY KEY,
	"instance_id" text NOT NULL,
	"product_id" text NOT NULL,
	"attribute" text NOT NULL,
	"applied_value" text NOT NULL,
	"applied_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "idx_app_instances_site_host" ON "optimizer"."app_instances" ("site_host");
--> statement-breakpoint
CREATE INDEX "idx_app_instances_credits_reset" ON "optimizer"."app_instances" ("credits_reset_on");
--> statement-breakpoint
CREATE INDEX "idx_job_items_job_id" ON "optimizer"."job_items" ("job_id");
--> statement-breakpoint
CREATE INDEX "idx_job_items_status" ON "optimizer"."job_items" ("status") WHERE "status" IN ('PENDING', 'RUNNING');
--> statement-breakpoint
CREATE INDEX "idx_job_items_product" ON "optimizer"."job_items" ("product_id");
--> statement-breakpoint
CREATE INDEX "idx_jobs_instance_status" ON "optimizer"."jobs" ("instance_id","status");
--> statement-breakpoint
CREATE INDEX "idx_jobs_created_at" ON "optimizer"."jobs" ("created_at" DESC);
--> statement-breakpoint
CREATE INDEX "idx_publish_logs_instance" ON "optimizer"."publish_logs" ("instance_id","applied_at" DESC);
--> statement-breakpoint
CREATE INDEX "idx_publish_logs_product" ON "optimizer"."publish_logs" ("product_id");
--> statement-breakpoint
ALTER TABLE "optimizer"."app_instances" ADD CONSTRAINT "app_instances_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "optimizer"."plans"("id");
--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" ADD CONSTRAINT "job_items_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "optimizer"."jobs"("id") ON DELETE CASCADE;
--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD CONSTRAINT "jobs_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "optimizer"."app_instances"("instance_id") ON DELETE CASCADE;
--> statement-breakpoint
ALTER TABLE "optimizer"."publish_logs" ADD CONSTRAINT "publish_logs_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "optimizer"."app_instances"("instance_id") ON DELETE CASCADE;
--> statement-breakpoint
INSERT INTO "optimizer"."plans" ("id", "name", "price_cents", "monthly_credits") VALUES
	('free', 'Free', 0, 100),
	('starter', 'Starter', 900, 1000),
	('pro', 'Pro', 1900, 5000),
	('scale', 'Scale', 4900, 25000);
