-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY);
-- ===== migration
-- We do not DROP TABLE orders here, nor TRUNCATE it; see the runbook.
COMMENT ON TABLE orders IS 'ALTER TABLE orders ALTER COLUMN id TYPE text; -- would be a bad idea';
COMMENT ON COLUMN orders.id IS 'DELETE FROM orders is not allowed';
