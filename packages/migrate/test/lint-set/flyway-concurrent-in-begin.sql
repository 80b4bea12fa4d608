-- hazards: LINT_CONCURRENTLY_IN_TRANSACTION
CREATE TABLE invoices (id bigint PRIMARY KEY, customer_id bigint);
-- ===== migration
BEGIN;
CREATE INDEX CONCURRENTLY invoices_customer ON invoices (customer_id);
COMMIT;
