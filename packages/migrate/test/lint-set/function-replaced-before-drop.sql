-- harmless
-- runner: engine
CREATE TABLE app.wallets (id bigint PRIMARY KEY, cents bigint, currency text);
CREATE FUNCTION app.wallet_text(w bigint) RETURNS text LANGUAGE sql AS $$ SELECT currency FROM app.wallets WHERE id = w $$;
-- ===== migration
-- db: contract
CREATE OR REPLACE FUNCTION app.wallet_text(w bigint) RETURNS text LANGUAGE sql AS $$ SELECT cents::text FROM app.wallets WHERE id = w $$;
ALTER TABLE app.wallets DROP COLUMN currency;
