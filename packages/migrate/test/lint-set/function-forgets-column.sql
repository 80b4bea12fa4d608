-- hazards: LINT_COLUMN_DROPPED, LINT_FUNCTION_LEFT_BEHIND
CREATE TABLE wallets (id bigint PRIMARY KEY, cents bigint, currency text);
CREATE FUNCTION wallet_text(w bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r text;
BEGIN
  SELECT cents || ' ' || currency INTO r FROM wallets WHERE id = w;
  RETURN r;
END $$;
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE wallets DROP COLUMN currency;
