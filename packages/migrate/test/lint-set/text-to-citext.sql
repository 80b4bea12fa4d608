-- hazards: LINT_TYPE_REWRITES
CREATE EXTENSION IF NOT EXISTS citext;
CREATE TABLE a (id bigint PRIMARY KEY, mail text);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE a ALTER COLUMN mail TYPE citext;
