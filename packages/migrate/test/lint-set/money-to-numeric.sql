-- hazards: LINT_TYPE_REWRITES
CREATE TABLE quotes (id bigint PRIMARY KEY, amount money);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE quotes ALTER COLUMN amount TYPE numeric(14, 2) USING amount::numeric;
