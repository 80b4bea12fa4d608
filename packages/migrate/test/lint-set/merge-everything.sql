-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE balances (account bigint PRIMARY KEY, cents bigint);
CREATE TABLE corrections (account bigint PRIMARY KEY, cents bigint);
-- ===== migration
MERGE INTO balances b USING corrections c ON b.account = c.account WHEN MATCHED THEN UPDATE SET cents = b.cents + c.cents;
