-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
CREATE INDEX orders_total ON orders (total);
-- ===== migration
ALTER INDEX orders_total RENAME TO idx_orders_total;
