-- hazards: LINT_TYPE_REWRITES, LINT_REWRITTEN_TWICE
CREATE TABLE samples (id bigint PRIMARY KEY, a integer, b integer);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE samples ALTER COLUMN a TYPE bigint;
ALTER TABLE samples ALTER COLUMN b TYPE bigint;
