-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY);
-- ===== migration
-- Up Migration
SET lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN gift_note text;
-- Down Migration
ALTER TABLE orders DROP COLUMN gift_note;
