-- harmless
-- runner: engine
CREATE TABLE app.messages (id bigint PRIMARY KEY);
-- ===== migration
-- Pins.
-- Purpose: members pin messages.
ALTER TABLE "app"."messages" ADD COLUMN "is_pinned" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "app"."messages" ADD COLUMN "pinned_at" timestamp with time zone DEFAULT now() NOT NULL;
