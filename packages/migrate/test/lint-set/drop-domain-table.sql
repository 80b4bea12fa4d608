-- hazards: LINT_TABLE_DROPPED, LINT_DROP_CASCADE
CREATE TABLE old_prices (id bigint PRIMARY KEY);
-- ===== migration
DROP TABLE IF EXISTS old_prices CASCADE;
