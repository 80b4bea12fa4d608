-- hazards: LINT_NULLS_ALLOWED
CREATE TABLE a (id bigint PRIMARY KEY, x text NOT NULL);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE a ALTER COLUMN x DROP NOT NULL, ALTER COLUMN x SET DEFAULT 'y';
