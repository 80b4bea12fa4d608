-- Undo: Lease scheduled actions.
-- Loses: who took an act when, and how often it was tried. A poller that leases must be stopped before.
-- Date: 2026-11-21

ALTER TABLE "bot"."mod_scheduled_actions"
  DROP COLUMN "claimed_at",
  DROP COLUMN "attempt_count";
