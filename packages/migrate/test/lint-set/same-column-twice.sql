-- hazards: LINT_ASSIGNED_TWICE
CREATE TABLE plans (name text PRIMARY KEY, price integer, seats integer);
-- ===== migration
UPDATE plans SET price = 900, seats = 5, price = 990 WHERE name = 'team';
