-- Stuck analyses.
-- Purpose: the sweep every few seconds for analyses that a worker left in processing. Accident: it read the whole table.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_conversation_analyses_processing" ON "train"."conversation_analyses" ("updated_at") WHERE "status" = 'processing';
