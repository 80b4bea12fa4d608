-- harmless
CREATE TABLE trips (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE trips ADD COLUMN seen_on date NOT NULL DEFAULT CURRENT_DATE, ADD COLUMN facts jsonb DEFAULT jsonb_build_object('v', 1);
