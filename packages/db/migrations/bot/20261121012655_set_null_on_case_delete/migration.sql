-- Set null on case delete.
-- Purpose: a case can be deleted while a tempban refers to it; the unban stays due. Accident: `/case delete` failed with a
-- foreign-key error, and the rule was corrected for new databases only. Old and new rule change places in one statement, and
-- rows written from then on are checked; the next migration validates the older ones without blocking writers.
-- Date: 2026-11-21

ALTER TABLE "bot"."mod_scheduled_actions"
  DROP CONSTRAINT "mod_scheduled_actions_case_id_fkey",
  ADD CONSTRAINT "mod_scheduled_actions_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "bot"."mod_cases"("id") ON DELETE SET NULL NOT VALID;
