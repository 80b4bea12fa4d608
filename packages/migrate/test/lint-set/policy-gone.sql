-- hazards: LINT_POLICY_DROPPED
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
-- ===== migration
SET lock_timeout = '2s';
DROP POLICY IF EXISTS own_notes ON notes;
