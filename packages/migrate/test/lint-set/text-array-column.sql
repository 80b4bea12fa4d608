-- harmless
CREATE TABLE posts (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE posts ADD COLUMN tags text[] NOT NULL DEFAULT '{}', ADD COLUMN score double precision DEFAULT 0;
