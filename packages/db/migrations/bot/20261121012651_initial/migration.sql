-- Initial.
-- Purpose: the bot's eight tables with all their indexes, as three places of its code created them at each start.
-- Date: 2026-11-21

CREATE SCHEMA "bot";
--> statement-breakpoint
CREATE TABLE "bot"."config" (
  "guild_id" text DEFAULT 'global',
  "key" text,
  "value" jsonb NOT NULL,
  "updated_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "config_pkey" PRIMARY KEY("guild_id","key")
);
--> statement-breakpoint
CREATE TABLE "bot"."conversations" (
  "id" serial PRIMARY KEY,
  "channel_id" text NOT NULL,
  "guild_id" text,
  "role" text NOT NULL,
  "content" text NOT NULL,
  "username" text,
  "created_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "conversations_role_check" CHECK ("role" IN ('user', 'assistant', 'system'))
);
--> statement-breakpoint
CREATE TABLE "bot"."mod_cases" (
  "id" serial PRIMARY KEY,
  "guild_id" text NOT NULL,
  "case_number" integer NOT NULL,
  "action" text NOT NULL,
  "target_id" text NOT NULL,
  "target_tag" text NOT NULL,
  "moderator_id" text NOT NULL,
  "moderator_tag" text NOT NULL,
  "reason" text,
  "duration" text,
  "expires_at" timestamp with time zone,
  "log_message_id" text,
  "created_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "mod_cases_guild_id_case_number_key" UNIQUE("guild_id","case_number")
);
--> statement-breakpoint
CREATE TABLE "bot"."mod_scheduled_actions" (
  "id" serial PRIMARY KEY,
  "guild_id" text NOT NULL,
  "action" text NOT NULL,
  "target_id" text NOT NULL,
  "case_id" integer,
  "execute_at" timestamp with time zone NOT NULL,
  "executed" boolean DEFAULT false,
  "created_at" timestamp with time zone DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE "bot"."memory_optouts" (
  "user_id" text PRIMARY KEY,
  "created_at" timestamp with time zone DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE "bot"."ai_usage" (
  "id" serial PRIMARY KEY,
  "guild_id" text NOT NULL,
  "channel_id" text NOT NULL,
  "type" text NOT NULL,
  "model" text NOT NULL,
  "input_tokens" integer DEFAULT 0 NOT NULL,
  "output_tokens" integer DEFAULT 0 NOT NULL,
  "cache_creation_tokens" integer DEFAULT 0 NOT NULL,
  "cache_read_tokens" integer DEFAULT 0 NOT NULL,
  "cost_usd" numeric(10,6) DEFAULT 0 NOT NULL,
  "duration_ms" integer DEFAULT 0 NOT NULL,
  "user_id" text,
  "search_count" integer DEFAULT 0 NOT NULL,
  "created_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "ai_usage_type_check" CHECK ("type" IN ('classify', 'respond'))
);
--> statement-breakpoint
CREATE TABLE "bot"."logs" (
  "id" serial PRIMARY KEY,
  "level" varchar(10) NOT NULL,
  "message" text NOT NULL,
  "metadata" jsonb DEFAULT '{}',
  "timestamp" timestamp with time zone DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE "bot"."bot_restarts" (
  "id" serial PRIMARY KEY,
  "timestamp" timestamp with time zone DEFAULT now(),
  "reason" text DEFAULT 'startup' NOT NULL,
  "version" text,
  "uptime_seconds" numeric
);
--> statement-breakpoint
ALTER TABLE "bot"."mod_scheduled_actions" ADD CONSTRAINT "mod_scheduled_actions_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "bot"."mod_cases"("id");
--> statement-breakpoint
CREATE INDEX "idx_conversations_guild_id" ON "bot"."conversations" ("guild_id");
--> statement-breakpoint
CREATE INDEX "idx_conversations_channel_created" ON "bot"."conversations" ("channel_id","created_at");
--> statement-breakpoint
CREATE INDEX "idx_conversations_created_at" ON "bot"."conversations" ("created_at");
--> statement-breakpoint
CREATE INDEX "idx_mod_cases_guild_target" ON "bot"."mod_cases" ("guild_id","target_id","created_at");
--> statement-breakpoint
CREATE INDEX "idx_mod_scheduled_actions_pending" ON "bot"."mod_scheduled_actions" ("executed","execute_at");
--> statement-breakpoint
CREATE INDEX "idx_ai_usage_guild_created" ON "bot"."ai_usage" ("guild_id","created_at");
--> statement-breakpoint
CREATE INDEX "idx_ai_usage_created_at" ON "bot"."ai_usage" ("created_at");
--> statement-breakpoint
CREATE INDEX "idx_ai_usage_user_created" ON "bot"."ai_usage" ("user_id","created_at");
--> statement-breakpoint
CREATE INDEX "idx_logs_timestamp" ON "bot"."logs" ("timestamp");
--> statement-breakpoint
CREATE INDEX "idx_logs_level" ON "bot"."logs" ("level");
