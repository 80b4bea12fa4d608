-- harmless
CREATE TABLE visits (id bigint PRIMARY KEY, page text, at timestamptz);
CREATE INDEX visits_page ON visits (page);
-- ===== migration
CREATE INDEX CONCURRENTLY visits_page_at ON visits (page, at);
DROP INDEX CONCURRENTLY visits_page;
