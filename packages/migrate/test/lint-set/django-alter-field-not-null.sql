-- hazards: LINT_NOT_NULL_SCANS
CREATE TABLE "clinic_visit" ("id" bigint NOT NULL PRIMARY KEY, "ward" varchar NULL);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE "clinic_visit" ALTER COLUMN "ward" SET NOT NULL;
COMMIT;
