-- hazards: LINT_NO_LOCK_TIMEOUT
CREATE TABLE messages (id bigint PRIMARY KEY, body text);
-- ===== migration
ALTER TABLE messages ADD COLUMN edited_at timestamptz;
