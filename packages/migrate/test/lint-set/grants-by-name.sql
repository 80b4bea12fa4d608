-- harmless
CREATE TABLE notes (id bigint PRIMARY KEY, owner text);
-- ===== migration
GRANT SELECT, INSERT, UPDATE ON notes TO notes_app;
REVOKE ALL ON notes FROM PUBLIC;
