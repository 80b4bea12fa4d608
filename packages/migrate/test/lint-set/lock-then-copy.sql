-- hazards: LINT_LOCK_TABLE
CREATE TABLE stock (sku text PRIMARY KEY, pieces integer NOT NULL);
-- ===== migration
BEGIN;
LOCK TABLE stock IN EXCLUSIVE MODE;
UPDATE stock SET pieces = 0 WHERE sku = 'A-1';
COMMIT;
