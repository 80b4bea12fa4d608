-- hazards: LINT_GENERATED_REWRITES
CREATE TABLE patients (id bigint PRIMARY KEY, first_name text, last_name text);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE patients ADD COLUMN full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED;
