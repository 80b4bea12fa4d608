-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN number bigint;
CREATE SEQUENCE order_numbers OWNED BY orders.number;
ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('order_numbers');
