-- harmless
CREATE TABLE tasks (id bigint PRIMARY KEY, priority integer NOT NULL DEFAULT 3, public_id uuid);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE tasks ALTER COLUMN priority SET DEFAULT 5;
ALTER TABLE tasks ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
