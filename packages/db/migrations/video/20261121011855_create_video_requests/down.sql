-- Undo: Create video requests.
-- Loses: every row of the domain.
-- Date: 2026-11-21

DROP TABLE "video"."video_requests";
--> statement-breakpoint
DROP SCHEMA "video";
