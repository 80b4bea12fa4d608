-- Index scheduled actions by case.
-- Purpose: a deleted case looks for the acts that refer to it. Accident: the foreign key had no index, so `/case delete` read
-- the whole table under its lock; the next migration lets such deletes succeed and so makes them usual.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_mod_scheduled_actions_case_id" ON "bot"."mod_scheduled_actions" ("case_id");
