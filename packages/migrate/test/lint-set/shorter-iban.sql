-- hazards: LINT_TYPE_NARROWS
CREATE TABLE bank_accounts (id bigint PRIMARY KEY, iban varchar(64));
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE bank_accounts ALTER COLUMN iban SET DATA TYPE varchar(34);
