-- Undo: Stuck analyses.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "train"."idx_conversation_analyses_processing";
