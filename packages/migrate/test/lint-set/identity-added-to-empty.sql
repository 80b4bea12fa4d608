-- harmless
-- ===== migration
CREATE TABLE notes (body text);
ALTER TABLE notes ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
