-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE users (id bigint PRIMARY KEY, plan text);
-- ===== migration
UPDATE users SET plan = 'free' WHERE plan IS NULL OR plan = '';
