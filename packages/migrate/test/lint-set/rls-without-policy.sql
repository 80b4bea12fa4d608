-- hazards: LINT_NO_POLICY
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
