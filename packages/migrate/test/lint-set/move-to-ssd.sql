-- hazards: LINT_TABLESPACE
CREATE TABLE blobs (id bigint PRIMARY KEY, body bytea);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE blobs SET TABLESPACE ssd;
