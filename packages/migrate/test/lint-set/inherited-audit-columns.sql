-- harmless
CREATE TABLE base (id bigint PRIMARY KEY, made_at timestamptz NOT NULL);
-- ===== migration
CREATE TABLE letters (LIKE base INCLUDING ALL, body text);
