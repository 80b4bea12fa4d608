-- harmless
CREATE TABLE trips (id bigint PRIMARY KEY, km integer);
-- ===== migration
UPDATE trips SET km = 0 WHERE id BETWEEN 1 AND 5000 AND km IS NULL;
UPDATE trips SET km = 0 WHERE id >= 5001 AND id < 10001 AND km IS NULL;
