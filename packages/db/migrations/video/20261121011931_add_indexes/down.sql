-- Undo: Add indexes.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "video"."idx_video_requests_guild_created";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "video"."idx_video_requests_status_created";
--> statement-breakpoint
DROP INDEX CONCURRENTLY "video"."idx_video_requests_user_created";
