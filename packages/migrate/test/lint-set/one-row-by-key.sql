-- harmless
CREATE TABLE flags (name text PRIMARY KEY, is_on boolean NOT NULL);
-- ===== migration
UPDATE flags SET is_on = true WHERE name = 'new-editor';
