-- Undo: Set null on case delete.
-- Stays: links that a deleted case has emptied. From now on a case cannot be deleted while an act refers to it.
-- Old and new rule change places in one statement; older rows are checked after it, while the bot goes on writing.
-- Date: 2026-11-21
-- db: no-transaction

ALTER TABLE "bot"."mod_scheduled_actions"
  DROP CONSTRAINT "mod_scheduled_actions_case_id_fkey",
  ADD CONSTRAINT "mod_scheduled_actions_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "bot"."mod_cases"("id") NOT VALID;
--> statement-breakpoint
ALTER TABLE "bot"."mod_scheduled_actions" VALIDATE CONSTRAINT "mod_scheduled_actions_case_id_fkey";
