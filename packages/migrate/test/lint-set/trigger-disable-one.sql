-- harmless
CREATE TABLE a (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE a DISABLE TRIGGER note_change;
