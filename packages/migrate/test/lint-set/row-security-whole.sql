-- harmless
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_notes ON notes USING (owner = NULLIF(current_setting('app.owner', true), ''));
