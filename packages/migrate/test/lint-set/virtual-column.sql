-- harmless
CREATE TABLE boxes (id bigint PRIMARY KEY, w numeric, h numeric);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE boxes ADD COLUMN area numeric GENERATED ALWAYS AS (w * h) VIRTUAL;
