-- hazards: LINT_DEFAULT_DROPPED
CREATE TABLE tasks (id bigint PRIMARY KEY, priority integer NOT NULL DEFAULT 3);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE tasks ALTER priority DROP DEFAULT;
