-- harmless
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE IF EXISTS public.trips ADD COLUMN IF NOT EXISTS note text;
