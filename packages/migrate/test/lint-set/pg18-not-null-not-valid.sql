-- harmless
CREATE TABLE trips (id bigint PRIMARY KEY, km integer);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE trips ADD CONSTRAINT km_there NOT NULL km NOT VALID;
