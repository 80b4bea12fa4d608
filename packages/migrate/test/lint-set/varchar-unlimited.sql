-- harmless
CREATE TABLE a (id bigint PRIMARY KEY, x varchar(10));
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE a ALTER COLUMN x TYPE varchar;
