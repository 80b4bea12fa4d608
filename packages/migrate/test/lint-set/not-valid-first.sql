-- harmless
-- runner: engine
CREATE TABLE app.products (id bigint PRIMARY KEY, price_cents bigint);
-- ===== migration
ALTER TABLE "app"."products" ADD CONSTRAINT "products_price_cents_check" CHECK ("price_cents" >= 0) NOT VALID;
