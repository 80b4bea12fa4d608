-- hazards: LINT_VALIDATED_TOGETHER
CREATE TABLE trips (id bigint PRIMARY KEY, km integer);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE trips ADD CONSTRAINT k CHECK (km > 0) NOT VALID, VALIDATE CONSTRAINT k;
