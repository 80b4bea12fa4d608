-- harmless
-- runner: engine
CREATE TABLE app.products (id bigint PRIMARY KEY, sku text);
ALTER TABLE app.products ADD CONSTRAINT sku_there CHECK (sku IS NOT NULL) NOT VALID;
ALTER TABLE app.products VALIDATE CONSTRAINT sku_there;
-- ===== migration
ALTER TABLE app.products ALTER COLUMN sku SET NOT NULL;
ALTER TABLE app.products DROP CONSTRAINT sku_there;
