-- harmless
-- runner: engine
-- ===== migration
CREATE SCHEMA IF NOT EXISTS app;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE TABLE app.keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  digest text NOT NULL,
  valid_from timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT keys_digest_check CHECK (length(digest) = 64)
);
CREATE UNIQUE INDEX idx_keys_digest ON app.keys (digest);
