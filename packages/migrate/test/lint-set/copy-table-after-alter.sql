-- hazards: LINT_WORK_UNDER_LOCK
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN channel text;
CREATE TABLE orders_2025 AS SELECT * FROM orders WHERE id < 1000000;
COMMIT;
