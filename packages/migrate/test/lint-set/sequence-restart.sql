-- hazards: LINT_SEQUENCE_LOST
CREATE SEQUENCE invoice_no;
-- ===== migration
ALTER SEQUENCE invoice_no RESTART;
