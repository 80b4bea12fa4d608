-- hazards: LINT_DEFINER_SEARCH_PATH
CREATE TABLE secrets (id bigint PRIMARY KEY, body text);
-- ===== migration
CREATE OR REPLACE FUNCTION read_secret(wanted bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER
  AS 'SELECT body FROM secrets WHERE id = wanted';
