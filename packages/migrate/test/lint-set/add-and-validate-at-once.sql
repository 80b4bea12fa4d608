-- hazards: LINT_VALIDATED_TOGETHER
CREATE TABLE contracts (id bigint PRIMARY KEY, starts date, ends date);
-- ===== migration
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE contracts ADD CONSTRAINT ends_after_start CHECK (ends >= starts) NOT VALID;
ALTER TABLE contracts VALIDATE CONSTRAINT ends_after_start;
COMMIT;
