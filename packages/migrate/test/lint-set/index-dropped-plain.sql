-- hazards: LINT_INDEX_DROP_BLOCKS, LINT_INDEX_DROPPED
CREATE TABLE photos (id bigint PRIMARY KEY, album_id bigint, taken_at timestamptz);
CREATE INDEX photos_by_album ON photos (album_id);
-- ===== migration
SET lock_timeout = '2s';
DROP INDEX photos_by_album;
