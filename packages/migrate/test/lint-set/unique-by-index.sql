-- harmless
-- runner: engine
CREATE TABLE app.products (id bigint PRIMARY KEY, sku text NOT NULL);
CREATE UNIQUE INDEX products_sku_key ON app.products (sku);
-- ===== migration
ALTER TABLE app.products ADD CONSTRAINT products_sku_key UNIQUE USING INDEX products_sku_key;
