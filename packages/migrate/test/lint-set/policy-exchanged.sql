-- harmless
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = current_user);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '1s';
DROP POLICY own_notes ON notes;
CREATE POLICY own_notes ON notes TO notes_app USING (owner = current_setting('app.owner', true));
COMMIT;
