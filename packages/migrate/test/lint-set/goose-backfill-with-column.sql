-- hazards: LINT_ROWS_AT_ONCE, LINT_ROWS_WITH_DDL
CREATE TABLE devices (id bigint PRIMARY KEY, serial_no text, firmware text);
-- ===== migration
-- +goose Up
SET lock_timeout = '1s';
ALTER TABLE devices ADD COLUMN vendor text;
UPDATE devices SET vendor = split_part(serial_no, '-', 1);
-- +goose Down
ALTER TABLE devices DROP COLUMN vendor;
