-- hazards: LINT_DEFAULT_REWRITES
CREATE TABLE players (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE players ADD experiment_bucket integer DEFAULT floor(random() * 100)::integer;
