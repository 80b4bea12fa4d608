-- hazards: LINT_SCHEMA_DROPPED
-- ===== migration
DROP OWNED BY old_team CASCADE;
