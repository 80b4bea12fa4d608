-- hazards: LINT_WORK_UNDER_LOCK
CREATE TABLE trips (id bigint PRIMARY KEY, km numeric);
CREATE MATERIALIZED VIEW trip_sums AS SELECT count(*) AS n FROM trips;
CREATE UNIQUE INDEX trip_sums_n ON trip_sums (n);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE trips ADD COLUMN driver text;
REFRESH MATERIALIZED VIEW CONCURRENTLY trip_sums;
COMMIT;
