-- harmless
-- ===== migration
CREATE TABLE import_buffer (line bigint PRIMARY KEY, body text);
INSERT INTO import_buffer SELECT n, 'x' FROM generate_series(1, 10) AS n;
UPDATE import_buffer SET body = upper(body);
ALTER TABLE import_buffer ALTER COLUMN body SET NOT NULL;
CREATE INDEX import_buffer_body ON import_buffer (body);
DROP TABLE import_buffer;
