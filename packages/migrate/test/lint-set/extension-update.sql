-- hazards: LINT_EXTENSION_UPDATED
-- ===== migration
ALTER EXTENSION postgis UPDATE;
