-- hazards: LINT_PRIMARY_KEY_NULLABLE
CREATE TABLE tokens (value text, kind text);
CREATE UNIQUE INDEX tokens_value ON tokens (value);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE tokens ADD CONSTRAINT tokens_pk PRIMARY KEY USING INDEX tokens_value;
