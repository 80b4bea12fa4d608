-- Undo: Credentials and trains.
-- Loses: every train, credential and client key. Secrets and keys are stored nowhere else.
-- Date: 2026-11-21

DROP TABLE "train"."train_api_keys";
--> statement-breakpoint
DROP TABLE "train"."train_accounts";
--> statement-breakpoint
DROP TABLE "train"."trains";
--> statement-breakpoint
DROP TABLE "train"."anthropic_credentials";
