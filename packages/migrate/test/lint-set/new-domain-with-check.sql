-- hazards: LINT_DOMAIN_CONSTRAINED
-- ===== migration
CREATE DOMAIN percentage AS numeric CHECK (VALUE >= 0 AND VALUE <= 100);
