-- hazards: LINT_REFRESH_BLOCKS
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, on_day date);
CREATE MATERIALIZED VIEW revenue AS SELECT on_day, sum(total) AS total FROM orders GROUP BY on_day;
-- ===== migration
REFRESH MATERIALIZED VIEW revenue;
