-- hazards: LINT_CHECK_VALIDATES
CREATE TABLE rides (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE rides ADD COLUMN stars smallint CHECK (stars BETWEEN 1 AND 5);
