-- hazards: LINT_INDEX_BLOCKS
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM a;
-- ===== migration
SET lock_timeout = '1s';
CREATE INDEX sums_n ON sums (n);
