-- hazards: LINT_OPAQUE_BLOCK
CREATE TABLE accounts (id bigint PRIMARY KEY);
-- ===== migration
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'accounts' AND column_name = 'plan') THEN
    ALTER TABLE accounts ADD COLUMN plan text;
  END IF;
END
$$;
