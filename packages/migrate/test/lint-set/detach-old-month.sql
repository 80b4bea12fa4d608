-- hazards: LINT_DETACH_BLOCKS
CREATE TABLE metrics (at timestamptz NOT NULL, value double precision) PARTITION BY RANGE (at);
CREATE TABLE metrics_2025_01 PARTITION OF metrics FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE metrics DETACH PARTITION metrics_2025_01;
