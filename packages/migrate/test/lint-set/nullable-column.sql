-- harmless
CREATE TABLE messages (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '500ms';
ALTER TABLE messages ADD COLUMN edited_at timestamptz, ADD COLUMN edit_count integer NOT NULL DEFAULT 0;
