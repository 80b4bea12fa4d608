-- hazards: LINT_SERIAL_REWRITES, LINT_PRIMARY_KEY_BUILDS
CREATE TABLE raw_events (body jsonb);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE raw_events ADD COLUMN id bigserial PRIMARY KEY;
