-- hazards: LINT_CHECK_VALIDATES
CREATE TABLE products (id bigint PRIMARY KEY, price_cents bigint NOT NULL);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE products
  ADD CONSTRAINT price_is_positive
  CHECK (price_cents > 0);
