-- hazards: LINT_DEFAULT_REWRITES
CREATE TABLE documents (id bigint PRIMARY KEY, title text);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE documents ADD COLUMN share_key uuid NOT NULL DEFAULT gen_random_uuid();
