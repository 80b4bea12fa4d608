-- harmless
CREATE TABLE metrics (at timestamptz NOT NULL, name text) PARTITION BY RANGE (at);
-- ===== migration
CREATE TABLE metrics_2026_06 PARTITION OF metrics FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
CREATE INDEX metrics_2026_06_name ON metrics_2026_06 (name);
