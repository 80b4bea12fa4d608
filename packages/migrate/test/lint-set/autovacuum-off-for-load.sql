-- hazards: LINT_AUTOVACUUM_OFF
CREATE TABLE imports (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE imports SET (fillfactor = 90, autovacuum_enabled = off);
