-- Undo drop fence of items.
-- Lost: the fences of before; no claim of before is left that would need one.
-- Date: 2026-11-28

ALTER TABLE "optimizer"."job_items" ADD COLUMN "fence" integer DEFAULT 0 NOT NULL;
