-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE sessions (token text PRIMARY KEY, seen_at timestamptz NOT NULL);
-- ===== migration
-- migrate:up
DELETE FROM sessions WHERE seen_at < now() - interval '90 days';
-- migrate:down
