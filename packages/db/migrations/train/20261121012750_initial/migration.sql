-- Requests, streaming chunks and hourly statistics.
-- Purpose: the core of the proxy's log (000). hourly_stats covers all rows by UTC hour: a moving window could not be compared
-- or tested. Streaming chunks need no index on request_id, their unique key begins with it.
-- Date: 2026-11-21

CREATE SCHEMA "train";
--> statement-breakpoint
CREATE TABLE "train"."api_requests" (
  "request_id" uuid PRIMARY KEY,
  "domain" varchar(255) NOT NULL,
  "timestamp" timestamp with time zone NOT NULL,
  "method" varchar(10) NOT NULL,
  "path" varchar(255) NOT NULL,
  "headers" jsonb,
  "body" jsonb,
  "api_key_hash" varchar(50),
  "model" varchar(100),
  "request_type" varchar(50),
  "response_status" integer,
  "response_headers" jsonb,
  "response_body" jsonb,
  "response_streaming" boolean DEFAULT false,
  "input_tokens" integer DEFAULT 0,
  "output_tokens" integer DEFAULT 0,
  "total_tokens" integer DEFAULT 0,
  "cache_creation_input_tokens" integer DEFAULT 0,
  "cache_read_input_tokens" integer DEFAULT 0,
  "usage_data" jsonb,
  "first_token_ms" integer,
  "duration_ms" integer,
  "error" text,
  "tool_call_count" integer DEFAULT 0,
  "created_at" timestamp with time zone DEFAULT now()
);
--> statement-breakpoint
CREATE TABLE "train"."streaming_chunks" (
  "id" serial PRIMARY KEY,
  "request_id" uuid NOT NULL,
  "chunk_index" integer NOT NULL,
  "timestamp" timestamp with time zone NOT NULL,
  "data" text NOT NULL,
  "token_count" integer DEFAULT 0,
  "created_at" timestamp with time zone DEFAULT now(),
  CONSTRAINT "streaming_chunks_request_id_chunk_index_key" UNIQUE("request_id","chunk_index")
);
--> statement-breakpoint
CREATE INDEX "idx_api_requests_domain" ON "train"."api_requests" ("domain");
--> statement-breakpoint
CREATE INDEX "idx_api_requests_timestamp" ON "train"."api_requests" ("timestamp");
--> statement-breakpoint
CREATE INDEX "idx_api_requests_model" ON "train"."api_requests" ("model");
--> statement-breakpoint
CREATE INDEX "idx_api_requests_request_type" ON "train"."api_requests" ("request_type");
--> statement-breakpoint
ALTER TABLE "train"."streaming_chunks" ADD CONSTRAINT "streaming_chunks_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "train"."api_requests"("request_id") ON DELETE CASCADE;
--> statement-breakpoint
CREATE MATERIALIZED VIEW "train"."hourly_stats" AS (
    SELECT
      date_trunc('hour', "timestamp", 'UTC') AS hour,
      domain,
      model,
      count(*) AS request_count,
      sum(input_tokens) AS total_input_tokens,
      sum(output_tokens) AS total_output_tokens,
      sum(cache_creation_input_tokens) AS total_cache_creation_tokens,
      sum(cache_read_input_tokens) AS total_cache_read_tokens,
      avg(duration_ms) AS avg_response_time,
      sum(tool_call_count) AS total_tool_calls
    FROM train.api_requests
    GROUP BY date_trunc('hour', "timestamp", 'UTC'), domain, model
  );
--> statement-breakpoint

-- objects
CREATE UNIQUE INDEX "idx_hourly_stats_hour_domain_model" ON "train"."hourly_stats" USING btree ("hour", "domain", "model") NULLS NOT DISTINCT;
--> statement-breakpoint
COMMENT ON TABLE "train"."api_requests" IS 'Requests that passed the proxy, with their responses';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."cache_creation_input_tokens" IS 'Tokens written to the prompt cache';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."cache_read_input_tokens" IS 'Tokens read from the prompt cache';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."usage_data" IS 'Usage object of the response, as received';
--> statement-breakpoint
COMMENT ON COLUMN "train"."api_requests"."tool_call_count" IS 'Tool calls in the response';
--> statement-breakpoint
COMMENT ON TABLE "train"."streaming_chunks" IS 'Server-sent events of streamed responses, in order';
--> statement-breakpoint
COMMENT ON MATERIALIZED VIEW "train"."hourly_stats" IS 'Requests by UTC hour, train and model, as of the last refresh';
