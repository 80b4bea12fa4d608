-- harmless
CREATE TABLE staff (id bigint PRIMARY KEY);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '1s';
ALTER TABLE staff RENAME TO employees;
CREATE VIEW staff AS SELECT * FROM employees;
COMMIT;
