-- harmless
CREATE TABLE metrics (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE metrics_2026_02 (at timestamptz NOT NULL, CONSTRAINT bounds CHECK (at >= '2026-02-01' AND at < '2026-03-01'));
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE metrics ATTACH PARTITION metrics_2026_02 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
