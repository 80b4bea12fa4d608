-- hazards: LINT_COLLATION_CHANGES
CREATE TABLE streets (id bigint PRIMARY KEY, name text);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE streets ALTER COLUMN name TYPE text COLLATE "de-x-icu";
