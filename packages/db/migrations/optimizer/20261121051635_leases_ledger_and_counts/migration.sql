-- Leases ledger and counts.
-- Purpose: what the worker and the credits need. The running system knew neither lease nor attempt (two workers took one item, a dead
--   one's items stayed RUNNING), counted nothing as published, and lost credits that no ledger could give back.
-- Date: 2026-11-21

CREATE TABLE "optimizer"."credit_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "optimizer"."credit_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"instance_id" text NOT NULL,
	"kind" text NOT NULL,
	"amount" integer NOT NULL,
	"job_id" bigint,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "credit_entries_kind_check" CHECK ("kind" IN ('opening', 'reserve', 'release', 'reset', 'plan'))
);
--> statement-breakpoint
CREATE TABLE "optimizer"."publish_intents" (
	"job_item_id" bigint PRIMARY KEY,
	"instance_id" text NOT NULL,
	"product_id" text NOT NULL,
	"attribute" text NOT NULL,
	"value" text NOT NULL,
	"token" uuid DEFAULT gen_random_uuid() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "optimizer"."shop_queues" (
	"instance_id" text PRIMARY KEY,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "optimizer"."webhook_events" (
	"event_id" text PRIMARY KEY,
	"instance_id" text NOT NULL,
	"event_type" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" ADD COLUMN "fence" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" ADD COLUMN "available_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" ADD COLUMN "published_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "idempotency_key" text;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "request_hash" text;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "items_total" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "items_done" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "items_failed" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" ADD COLUMN "items_published" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "optimizer"."publish_logs" ADD COLUMN "job_item_id" bigint;--> statement-breakpoint
CREATE INDEX "idx_credit_entries_instance" ON "optimizer"."credit_entries" ("instance_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_entries_opening_key" ON "optimizer"."credit_entries" ("instance_id") WHERE "kind" = 'opening';--> statement-breakpoint
CREATE INDEX "idx_publish_intents_expires_at" ON "optimizer"."publish_intents" ("expires_at");--> statement-breakpoint
CREATE INDEX "idx_shop_queues_next_at" ON "optimizer"."shop_queues" ("next_at");--> statement-breakpoint
CREATE INDEX "idx_webhook_events_instance" ON "optimizer"."webhook_events" ("instance_id","received_at");--> statement-breakpoint
ALTER TABLE "optimizer"."credit_entries" ADD CONSTRAINT "credit_entries_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "optimizer"."app_instances"("instance_id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "optimizer"."publish_intents" ADD CONSTRAINT "publish_intents_job_item_id_fkey" FOREIGN KEY ("job_item_id") REFERENCES "optimizer"."job_items"("id") ON DELETE CASCADE;--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" ADD CONSTRAINT "shop_queues_instance_id_fkey" FOREIGN KEY ("instance_id") REFERENCES "optimizer"."app_instances"("instance_id") ON DELETE CASCADE;
