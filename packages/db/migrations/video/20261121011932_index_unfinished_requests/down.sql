-- Undo: Index unfinished requests.
-- Date: 2026-11-21
-- db: no-transaction

DROP INDEX CONCURRENTLY "video"."idx_video_requests_unfinished";
