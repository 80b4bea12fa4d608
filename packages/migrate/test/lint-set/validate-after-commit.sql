-- harmless
CREATE TABLE trips (id bigint PRIMARY KEY, km integer);
-- ===== migration
SET lock_timeout = '1s';
BEGIN;
ALTER TABLE trips ADD CONSTRAINT km_positive CHECK (km >= 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE trips VALIDATE CONSTRAINT km_positive;
COMMIT;
