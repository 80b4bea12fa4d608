-- Add indexes.
-- Purpose: the rate limit and a member's list (user), operators (status) and a guild's statistics (guild), each newest first.
-- Built concurrently: the bot may insert between the two migrations, and a plain build would make its commands wait.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_video_requests_user_created" ON "video"."video_requests" ("user_id","created_at" DESC);
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_video_requests_status_created" ON "video"."video_requests" ("status","created_at" DESC);
--> statement-breakpoint
CREATE INDEX CONCURRENTLY "idx_video_requests_guild_created" ON "video"."video_requests" ("guild_id","created_at" DESC);
