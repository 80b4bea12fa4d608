-- harmless
CREATE TABLE metrics (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE metrics_2024 PARTITION OF metrics FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- ===== migration
ALTER TABLE metrics DETACH PARTITION metrics_2024 CONCURRENTLY;
