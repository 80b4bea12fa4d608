-- harmless
CREATE TABLE countries (code text PRIMARY KEY, name text);
-- ===== migration
-- db: allow LINT_NOT_NULL_SCANS: 249 rows, written by nobody
SET lock_timeout = '1s';
ALTER TABLE countries ALTER COLUMN name SET NOT NULL;
