-- hazards: LINT_COLUMN_DROPPED
-- runner: engine
CREATE TABLE "app"."members" ("id" bigint PRIMARY KEY, "fax" text);
-- ===== migration
ALTER TABLE "app"."members" DROP COLUMN "fax";
