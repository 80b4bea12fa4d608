-- hazards: LINT_INDEX_BLOCKS
CREATE TABLE "Order" ("Id" bigint PRIMARY KEY, "CustomerId" bigint);
-- ===== migration
SET lock_timeout = '1s';
CREATE INDEX order_customer ON "Order" ("CustomerId");
