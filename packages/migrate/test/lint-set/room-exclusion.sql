-- hazards: LINT_EXCLUDE_BLOCKS
CREATE EXTENSION btree_gist;
CREATE TABLE room_bookings (id bigint PRIMARY KEY, room text, during tstzrange);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE room_bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
