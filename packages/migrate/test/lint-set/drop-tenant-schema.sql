-- hazards: LINT_SCHEMA_DROPPED
CREATE SCHEMA tenant_42;
-- ===== migration
DROP SCHEMA IF EXISTS tenant_42 CASCADE;
