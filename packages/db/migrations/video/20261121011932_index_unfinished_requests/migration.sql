-- Index unfinished requests.
-- Purpose: resume at start reads pending and generating requests oldest first. Accident: no index gave that order over both
-- statuses, so each start read all of them by two probes of the status index and sorted.
-- Date: 2026-11-21
-- db: no-transaction

CREATE INDEX CONCURRENTLY "idx_video_requests_unfinished" ON "video"."video_requests" ("created_at") WHERE "status" IN ('pending', 'generating');
