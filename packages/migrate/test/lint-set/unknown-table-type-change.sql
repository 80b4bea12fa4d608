-- hazards: LINT_TYPE_REWRITES
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE warehouse.bins ALTER COLUMN capacity TYPE double precision;
