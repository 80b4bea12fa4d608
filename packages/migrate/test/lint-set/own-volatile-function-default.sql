-- hazards: LINT_DEFAULT_REWRITES
CREATE FUNCTION next_label() RETURNS text LANGUAGE sql AS $$ SELECT 'L' || nextval('labels') $$;
CREATE TABLE parcels (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE parcels ADD COLUMN label text DEFAULT next_label();
