-- hazards: LINT_RENAME
CREATE TABLE public.a (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE public.a SET SCHEMA archive;
