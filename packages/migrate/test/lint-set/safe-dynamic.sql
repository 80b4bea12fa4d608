-- harmless
-- ===== migration
CREATE FUNCTION make_month(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE metrics INCLUDING ALL)', 'metrics_' || name);
END $$;
