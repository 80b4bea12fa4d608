-- hazards: LINT_CONSTRAINT_INDEX_DROPPED
CREATE TABLE coupons (id bigint PRIMARY KEY, code text UNIQUE);
-- ===== migration
DROP INDEX coupons_code_key;
