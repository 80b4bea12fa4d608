-- hazards: LINT_TYPE_REWRITES
CREATE TABLE meetings (id bigint PRIMARY KEY, starts_at timestamp);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE meetings ALTER starts_at TYPE timestamptz USING starts_at AT TIME ZONE 'Europe/Zurich';
