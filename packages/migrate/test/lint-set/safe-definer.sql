-- harmless
CREATE TABLE secrets (id bigint PRIMARY KEY, body text);
-- ===== migration
CREATE FUNCTION read_secret(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
  AS $$ SELECT body FROM public.secrets WHERE id = wanted $$;
