-- hazards: LINT_COLUMN_DROPPED, LINT_DROP_CASCADE
CREATE TABLE flights (id bigint PRIMARY KEY, gate text);
CREATE VIEW departures AS SELECT id, gate FROM flights;
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE flights DROP COLUMN gate CASCADE;
