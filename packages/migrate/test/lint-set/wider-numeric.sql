-- harmless
CREATE TABLE quotes (id bigint PRIMARY KEY, amount numeric(10, 2));
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE quotes ALTER COLUMN amount TYPE numeric(16, 2);
