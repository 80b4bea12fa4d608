-- hazards: LINT_NULLS_ALLOWED
CREATE TABLE bookings (id bigint PRIMARY KEY, guest_name text NOT NULL, seat text NOT NULL);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE bookings ALTER COLUMN guest_name DROP NOT NULL;
