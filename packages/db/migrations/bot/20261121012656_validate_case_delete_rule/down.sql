-- Undo: Validate case delete rule.
-- A constraint cannot be made unchecked: it is put in again, and rows written from then on are checked.
-- Date: 2026-11-21

ALTER TABLE "bot"."mod_scheduled_actions"
  DROP CONSTRAINT "mod_scheduled_actions_case_id_fkey",
  ADD CONSTRAINT "mod_scheduled_actions_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "bot"."mod_cases"("id") ON DELETE SET NULL NOT VALID;
