-- Validate case delete rule.
-- Purpose: proves the foreign key for the rows older than the rule of the migration before, while the bot goes on writing.
-- Date: 2026-11-21

ALTER TABLE "bot"."mod_scheduled_actions" VALIDATE CONSTRAINT "mod_scheduled_actions_case_id_fkey";
