-- Trains and owners of earlier requests.
-- Purpose: each train id that requests name has a train (012), and each train an owner, todo@localhost where none is known
-- (014).
-- Date: 2026-11-21
-- db: after-backfill train-ids
-- db: after-backfill default-owners

ANALYZE "train"."trains";
--> statement-breakpoint
ANALYZE "train"."train_members";
