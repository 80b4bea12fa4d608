-- hazards: LINT_STORAGE_REWRITES
CREATE TABLE imports (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE imports SET UNLOGGED;
