-- harmless
CREATE TYPE role AS ENUM ('reader', 'writer');
CREATE TABLE users (id bigint PRIMARY KEY, role role);
-- ===== migration
BEGIN;
ALTER TYPE role ADD VALUE 'admin';
COMMIT;
BEGIN;
INSERT INTO users (id, role) VALUES (1, 'admin');
COMMIT;
