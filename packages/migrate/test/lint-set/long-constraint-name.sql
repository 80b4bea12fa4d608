-- hazards: LINT_NAME_TOO_LONG
CREATE TABLE measurement_results (id bigint PRIMARY KEY, v numeric);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE measurement_results ADD CONSTRAINT measurement_results_value_must_always_be_between_zero_and_one_hundred CHECK (v BETWEEN 0 AND 100) NOT VALID;
