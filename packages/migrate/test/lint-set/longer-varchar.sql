-- harmless
CREATE TABLE contacts (id bigint PRIMARY KEY, phone varchar(20), notes varchar(500));
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE contacts ALTER COLUMN phone TYPE varchar(40), ALTER COLUMN notes TYPE text;
