-- hazards: LINT_RENAME
CREATE TABLE staff (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE staff RENAME TO employees;
