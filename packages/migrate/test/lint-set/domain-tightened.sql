-- hazards: LINT_DOMAIN_VALIDATES
CREATE DOMAIN postcode AS text;
-- ===== migration
ALTER DOMAIN postcode ADD CONSTRAINT postcode_digits CHECK (VALUE ~ '^[0-9]{4}$');
