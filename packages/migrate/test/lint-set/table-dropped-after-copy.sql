-- hazards: LINT_TABLE_DROPPED
CREATE TABLE old (id bigint PRIMARY KEY);
CREATE TABLE new (id bigint PRIMARY KEY);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '1s';
INSERT INTO new SELECT id FROM old;
DROP TABLE old;
COMMIT;
