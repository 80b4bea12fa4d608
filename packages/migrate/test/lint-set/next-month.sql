-- harmless
CREATE TABLE metrics (at timestamptz NOT NULL, value double precision) PARTITION BY RANGE (at);
-- ===== migration
CREATE TABLE metrics_2026_05 PARTITION OF metrics FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
