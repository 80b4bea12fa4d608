-- harmless
CREATE TABLE orders (id bigint PRIMARY KEY, on_day date);
CREATE MATERIALIZED VIEW per_day AS SELECT on_day, count(*) FROM orders GROUP BY on_day;
CREATE UNIQUE INDEX per_day_day ON per_day (on_day);
-- ===== migration
REFRESH MATERIALIZED VIEW CONCURRENTLY per_day;
