-- harmless
CREATE TABLE seats (id bigint PRIMARY KEY, class text, CONSTRAINT seat_class CHECK (class IN ('a', 'b')));
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE seats DROP CONSTRAINT seat_class, ADD CONSTRAINT seat_class CHECK (class IN ('a', 'b', 'c')) NOT VALID;
