-- hazards: LINT_DEFAULT_PARTITION_SCANS
CREATE TABLE clicks (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE clicks_other PARTITION OF clicks DEFAULT;
-- ===== migration
SET lock_timeout = '2s';
CREATE TABLE clicks_2026_03 PARTITION OF clicks FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
