-- hazards: LINT_TABLE_DROPPED, LINT_DROPPED_AND_MADE_AGAIN
CREATE TABLE public.settings (name text PRIMARY KEY, value text);
-- ===== migration
DROP TABLE IF EXISTS public.settings;
CREATE TABLE public.settings (name text PRIMARY KEY, value jsonb NOT NULL);
