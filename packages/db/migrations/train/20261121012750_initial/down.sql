-- Undo: Requests, streaming chunks and hourly statistics.
-- Loses: every row of the domain.
-- Date: 2026-11-21

DROP MATERIALIZED VIEW "train"."hourly_stats";
--> statement-breakpoint
DROP TABLE "train"."streaming_chunks";
--> statement-breakpoint
DROP TABLE "train"."api_requests";
--> statement-breakpoint
DROP SCHEMA "train";
