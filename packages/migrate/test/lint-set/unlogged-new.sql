-- harmless
-- ===== migration
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, body bytea, until timestamptz);
