-- hazards: LINT_INDEX_DROPPED
CREATE TABLE photos (id bigint PRIMARY KEY, album_id bigint, taken_at timestamptz);
CREATE INDEX photos_by_time ON photos (taken_at);
-- ===== migration
DROP INDEX CONCURRENTLY IF EXISTS photos_by_time;
