-- Drop fence of items.
-- Purpose: an item's fence is that of the claim that holds it, in its shop's queue; nobody reads the column any more.
-- Date: 2026-11-28
-- db: contract

ALTER TABLE "optimizer"."job_items" DROP COLUMN "fence";
