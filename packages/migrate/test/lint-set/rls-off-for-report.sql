-- hazards: LINT_ROW_SECURITY_OFF
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE notes DISABLE ROW LEVEL SECURITY;
