-- hazards: LINT_OTHER_SCHEMA
-- runner: engine
CREATE TABLE app.posts (id bigint PRIMARY KEY);
-- ===== migration
UPDATE billing.plans SET price_cents = 0 WHERE id = 3;
