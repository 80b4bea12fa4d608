-- hazards: LINT_TYPE_REWRITES
-- runner: engine
CREATE TABLE "app"."readings" ("id" serial PRIMARY KEY, "celsius" real);
-- ===== migration
ALTER TABLE "app"."readings" ALTER COLUMN "id" SET DATA TYPE bigint;
