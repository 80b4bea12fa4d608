-- hazards: LINT_ROWS_AT_ONCE
CREATE TABLE jobs (id bigint PRIMARY KEY, queue text, run_at timestamptz);
-- ===== migration
WITH doubled AS (SELECT max(id) AS id FROM jobs GROUP BY queue, run_at HAVING count(*) > 1)
DELETE FROM jobs USING doubled WHERE jobs.id = doubled.id;
