-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW old_orders AS SELECT * FROM orders;
CREATE FUNCTION old_total() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;
-- ===== migration
DROP VIEW old_orders;
DROP FUNCTION old_total();
