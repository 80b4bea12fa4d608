-- harmless
CREATE TABLE tokens (value text NOT NULL);
CREATE UNIQUE INDEX tokens_value ON tokens (value);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE tokens ADD CONSTRAINT tokens_pkey PRIMARY KEY USING INDEX tokens_value;
