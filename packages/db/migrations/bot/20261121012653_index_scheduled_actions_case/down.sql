-- Undo: Index scheduled actions by case.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "bot"."idx_mod_scheduled_actions_case_id";
