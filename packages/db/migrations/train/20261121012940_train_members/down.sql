-- Undo: Members of trains.
-- Loses: who owns and uses each train. The way up gives each train the default owner.
-- Date: 2026-11-21

DROP TRIGGER "require_owner_on_trains" ON "train"."trains";
--> statement-breakpoint
DROP TABLE "train"."train_members";
--> statement-breakpoint
DROP FUNCTION "train"."require_train_owner"();
