-- hazards: LINT_NO_LOCK_TIMEOUT
CREATE TABLE messages (id bigint PRIMARY KEY, body text);
-- ===== migration
SET lock_timeout = 0;
ALTER TABLE messages ADD COLUMN edited_at timestamptz;
