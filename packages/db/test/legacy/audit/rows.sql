INSERT INTO jobs (job_id, bot_id, state, accepted_at, started_at, finished_at, total_seconds, created_by_name, created_by_role,
  created_by_at, meta, result, error, stages, stages_list, queue_ms, run_ms, total_ms, estimate, capacity_snapshot)
SELECT md5('job ' || n)::uuid,
  CASE WHEN n % 50 = 0 THEN pg_temp.awkward_text(n) ELSE (ARRAY['search', 'update', 'upload', 'mfa-reset'])[n % 4 + 1] END,
  state, CASE WHEN n % 31 > 0 THEN at END, CASE WHEN ran THEN at + interval '2.5 seconds' END,
  CASE WHEN n % 997 = 0 AND ended THEN 'infinity' WHEN ended THEN at + interval '2.5 seconds' + n * interval '1.234567 seconds' END,
  CASE WHEN ended THEN (n * 1.234567)::int END,
  CASE WHEN n % 7 > 0 THEN pg_temp.awkward_text(n + 1) END,
  CASE WHEN n % 7 > 1 THEN (ARRAY['admin', 'user'])[n % 2 + 1] END,
  CASE WHEN n % 7 > 2 THEN at - interval '1 second' END,
  pg_temp.awkward_json(n),
  CASE WHEN state = 'succeeded' THEN pg_temp.awkward_json(n + 3) END,
  CASE WHEN state = 'failed' THEN CASE n % 4 WHEN 0 THEN jsonb_build_object('message', pg_temp.awkward_text(n / 4), 'code', n)
    WHEN 1 THEN to_jsonb(pg_temp.awkward_text(n / 4)) WHEN 2 THEN 'null' ELSE '{"reason": {"deep": ["no message"]}}' END END,
  CASE WHEN n % 3 = 0 THEN '{"login": {"ms": 1}}'::jsonb END, CASE WHEN n % 3 = 1 THEN '["login"]'::jsonb END,
  CASE WHEN ran THEN 2500 END,
  CASE WHEN ended AND n % 5 > 0 THEN (n * 1234.567)::int END, CASE WHEN ended AND n % 5 > 1 THEN 2500 + (n * 1234.567)::int END,
  CASE WHEN n % 11 = 0 THEN '{"ms": 1e5}'::jsonb END, CASE WHEN n % 13 = 0 THEN '{"running": 3}'::jsonb END
FROM (SELECT n, at, state, state <> 'queued' AS ran, state IN ('succeeded', 'failed') AS ended
  FROM (SELECT n, pg_temp.awkward_moment(n) AS at, (ARRAY['succeeded', 'succeeded', 'failed', 'running', 'queued'])[n % 5 + 1] AS state
    FROM generate_series(1, 3000) AS n) AS numbered) AS jobs;

-- Each stage is told twice: when it starts, and, with nearly the same start, when it ends. Every ninth has not ended.
INSERT INTO job_stages (job_id, stage_name, status, started_at, ended_at, duration_ms, meta, error)
SELECT md5('job ' || n)::uuid, stage, told,
  at + CASE WHEN told = 'start' OR n % 6 = 0 THEN interval '0' ELSE interval '3 milliseconds' END,
  CASE WHEN told <> 'start' THEN at + interval '1.5 seconds' END, CASE WHEN told <> 'start' AND n % 8 > 0 THEN 1500 END,
  CASE WHEN n % 2 = 0 THEN pg_temp.awkward_json(n) END, CASE WHEN told = 'fail' THEN pg_temp.awkward_json(n + 1) END
FROM generate_series(1, 2000) AS n,
  LATERAL (VALUES ('login', 0), ('open-form', 5), ('fill-form ☕', 9)) AS stages (stage, after),
  LATERAL (SELECT pg_temp.awkward_moment(n) + after * interval '1 second' AS at) AS moments,
  LATERAL (VALUES ('start'), (CASE WHEN n % 5 = 2 AND after = 9 THEN 'fail' ELSE 'succeed' END)) AS events (told)
WHERE told = 'start' OR (n + after) % 9 > 0;

-- ended_at is in the unique key and may be null: exact repeats of starts never collided.
INSERT INTO job_stages (job_id, stage_name, status, started_at, meta)
SELECT job_id, stage_name, status, started_at, meta FROM job_stages WHERE status = 'start' AND id % 17 = 0;
