-- Analyses of conversations.
-- Purpose: a queue of analyses, one per conversation and branch, and a log of their steps (011). Look-ups by conversation use
-- the unique key; an index of the same columns would repeat it.
-- Date: 2026-11-21

CREATE TYPE "train"."conversation_analysis_status" AS ENUM('pending', 'processing', 'completed', 'failed');
--> statement-breakpoint
CREATE TABLE "train"."analysis_audit_log" (
  "id" serial PRIMARY KEY,
  "event_type" varchar(50) NOT NULL,
  "outcome" varchar(50) NOT NULL,
  "conversation_id" uuid NOT NULL,
  "branch_id" varchar(255) NOT NULL,
  "domain" varchar(255) NOT NULL,
  "request_id" varchar(255) NOT NULL,
  "user_context" jsonb DEFAULT '{}',
  "metadata" jsonb DEFAULT '{}',
  "timestamp" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "train"."conversation_analyses" (
  "id" bigserial PRIMARY KEY,
  "conversation_id" uuid NOT NULL,
  "branch_id" varchar(255) DEFAULT 'main' NOT NULL,
  "status" "train"."conversation_analysis_status" DEFAULT 'pending'::"train"."conversation_analysis_status" NOT NULL,
  "model_used" varchar(255) DEFAULT 'gemini-2.5-pro',
  "analysis_content" text,
  "analysis_data" jsonb,
  "raw_response" jsonb,
  "error_message" text,
  "retry_count" integer DEFAULT 0,
  "generated_at" timestamp with time zone,
  "processing_duration_ms" integer,
  "prompt_tokens" integer,
  "completion_tokens" integer,
  "created_at" timestamp with time zone DEFAULT now() NOT NULL,
  "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
  "completed_at" timestamp with time zone,
  "custom_prompt" text,
  CONSTRAINT "conversation_analyses_conversation_id_branch_id_key" UNIQUE("conversation_id","branch_id")
);
--> statement-breakpoint
CREATE INDEX "idx_analysis_audit_log_conversation" ON "train"."analysis_audit_log" ("conversation_id","branch_id");
--> statement-breakpoint
CREATE INDEX "idx_analysis_audit_log_domain" ON "train"."analysis_audit_log" ("domain");
--> statement-breakpoint
CREATE INDEX "idx_analysis_audit_log_timestamp" ON "train"."analysis_audit_log" ("timestamp");
--> statement-breakpoint
CREATE INDEX "idx_analysis_audit_log_event_type" ON "train"."analysis_audit_log" ("event_type");
--> statement-breakpoint
CREATE INDEX "idx_conversation_analyses_pending" ON "train"."conversation_analyses" ("created_at") WHERE "status" = 'pending';
--> statement-breakpoint

-- objects
CREATE OR REPLACE FUNCTION "train"."trigger_set_timestamp"() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog
AS $function$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$function$;
--> statement-breakpoint
CREATE TRIGGER "set_timestamp_on_conversation_analyses" BEFORE UPDATE ON "train"."conversation_analyses"
FOR EACH ROW EXECUTE FUNCTION train.trigger_set_timestamp();
--> statement-breakpoint
COMMENT ON TABLE "train"."conversation_analyses" IS 'Analyses of conversations by a model: one per branch';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."conversation_id" IS 'Conversation that is analysed';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."branch_id" IS 'Branch within the conversation';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."status" IS 'pending, processing, completed or failed';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."model_used" IS 'Model that makes the analysis';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."analysis_content" IS 'The analysis for people';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."analysis_data" IS 'The analysis for programs';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."raw_response" IS 'Answer of the model, as received';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."error_message" IS 'Why the last attempt failed';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."retry_count" IS 'Attempts after the first';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."generated_at" IS 'When the model gave the analysis';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."processing_duration_ms" IS 'Milliseconds that the analysis took';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."prompt_tokens" IS 'Tokens of the prompt';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."completion_tokens" IS 'Tokens of the answer';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."completed_at" IS 'When the status became completed or failed';
--> statement-breakpoint
COMMENT ON COLUMN "train"."conversation_analyses"."custom_prompt" IS 'What a user asked the analysis to look at';
--> statement-breakpoint
COMMENT ON TABLE "train"."analysis_audit_log" IS 'Steps of analyses: who asked for what, and how it ended';
