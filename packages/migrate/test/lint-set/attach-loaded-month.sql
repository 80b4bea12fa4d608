-- hazards: LINT_ATTACH_SCANS
CREATE TABLE metrics (at timestamptz NOT NULL, value double precision) PARTITION BY RANGE (at);
CREATE TABLE metrics_2026_02 (at timestamptz NOT NULL, value double precision);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE metrics ATTACH PARTITION metrics_2026_02 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
