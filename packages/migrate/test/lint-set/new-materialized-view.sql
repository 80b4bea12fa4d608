-- harmless
-- runner: engine
CREATE TABLE app.orders (id bigint PRIMARY KEY, on_day date);
-- ===== migration
CREATE MATERIALIZED VIEW app.per_day AS SELECT on_day, count(*) AS orders FROM app.orders GROUP BY on_day;
CREATE UNIQUE INDEX idx_per_day_day ON app.per_day (on_day);
