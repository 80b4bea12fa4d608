-- hazards: LINT_INDEX_ON_PARTITIONED
CREATE TABLE metrics (at timestamptz NOT NULL, name text, value double precision) PARTITION BY RANGE (at);
CREATE TABLE metrics_2026_01 PARTITION OF metrics FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
-- ===== migration
SET lock_timeout = '2s';
CREATE INDEX metrics_name ON metrics (name);
