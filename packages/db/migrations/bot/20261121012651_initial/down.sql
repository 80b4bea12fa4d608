-- Undo: Initial.
-- Loses: every row of the domain.
-- Date: 2026-11-21

DROP TABLE "bot"."mod_scheduled_actions";
--> statement-breakpoint
DROP TABLE "bot"."mod_cases";
--> statement-breakpoint
DROP TABLE "bot"."ai_usage";
--> statement-breakpoint
DROP TABLE "bot"."bot_restarts";
--> statement-breakpoint
DROP TABLE "bot"."config";
--> statement-breakpoint
DROP TABLE "bot"."conversations";
--> statement-breakpoint
DROP TABLE "bot"."logs";
--> statement-breakpoint
DROP TABLE "bot"."memory_optouts";
--> statement-breakpoint
DROP SCHEMA "bot";
