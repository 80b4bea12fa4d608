-- hazards: LINT_DYNAMIC_SQL
-- ===== migration
CREATE FUNCTION drop_month(name text) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE 'DROP TABLE ' || 'metrics_' || name;
END
$body$;
