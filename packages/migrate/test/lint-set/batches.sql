-- harmless
-- runner: engine
CREATE TABLE app.orders (id bigint PRIMARY KEY, channel text);
-- ===== migration
-- db: no-transaction
-- db: in-batches
UPDATE app.orders SET channel = 'web' WHERE channel IS NULL;
