-- harmless
-- runner: engine
CREATE TABLE app.members (id bigint PRIMARY KEY, fax text);
-- ===== migration
-- db: contract
ALTER TABLE "app"."members" DROP COLUMN "fax";
