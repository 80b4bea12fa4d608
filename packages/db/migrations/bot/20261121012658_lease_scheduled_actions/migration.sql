-- Lease scheduled actions.
-- Purpose: a poller notes when it took an act and how often, acts, and only then sets `executed`; an act whose lease ran out is
-- taken again. Accident: the claim set `executed` before the unban, so an unban that failed was lost for good. A bot that still
-- claims so is not disturbed.
-- Date: 2026-11-21

ALTER TABLE "bot"."mod_scheduled_actions"
  ADD COLUMN "claimed_at" timestamp with time zone,
  ADD COLUMN "attempt_count" integer DEFAULT 0 NOT NULL;
