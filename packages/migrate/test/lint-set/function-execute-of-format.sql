-- hazards: LINT_DYNAMIC_SQL
-- ===== migration
CREATE FUNCTION rows_of(t text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM %s', t) INTO n;
  RETURN n;
END $$;
