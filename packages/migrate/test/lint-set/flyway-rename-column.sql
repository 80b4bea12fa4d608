-- hazards: LINT_RENAME
CREATE TABLE payroll.employees (id bigint PRIMARY KEY, surname text NOT NULL);
-- ===== migration
SET lock_timeout = '3s';
ALTER TABLE payroll.employees RENAME COLUMN surname TO family_name;
