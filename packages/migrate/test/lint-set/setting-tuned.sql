-- harmless
CREATE TABLE events (id bigint PRIMARY KEY, kind text);
-- ===== migration
ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 85);
ALTER TABLE events ALTER COLUMN kind SET STATISTICS 500;
ANALYZE events;
