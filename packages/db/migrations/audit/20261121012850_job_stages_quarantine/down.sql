-- Undo: A place for stages that are taken out.
-- Loses: the quarantined rows that the migration after it could not put back, because their job is gone or their id is taken.
-- Date: 2026-11-21

DROP TABLE "audit"."job_stages_quarantine";
