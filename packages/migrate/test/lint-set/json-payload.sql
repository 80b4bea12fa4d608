-- hazards: LINT_JSON
CREATE TABLE webhooks (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE webhooks ADD COLUMN payload json NOT NULL DEFAULT '{}';
