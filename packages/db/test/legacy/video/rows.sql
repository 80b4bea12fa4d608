INSERT INTO video_requests (id, user_id, guild_id, channel_id, prompt, duration_seconds, aspect_ratio, resolution, generate_audio, status,
  operation_name, created_at, started_at, completed_at, duration_ms, gcs_prefix, video_urls, error_message)
SELECT md5('video ' || n)::uuid, (800000000000000000 + n % 211)::text,
  CASE n % 9 WHEN 0 THEN 'dm' ELSE (600000000000000000 + n % 60)::text END, (700000000000000000 + n % 40)::text, pg_temp.awkward_text(n),
  (ARRAY[4, 6, 8])[n % 3 + 1], (ARRAY['16:9', '9:16'])[n % 2 + 1], (ARRAY['720p', '1080p'])[n % 2 + 1], n % 5 > 0, status,
  CASE WHEN status <> 'pending' THEN 'operations/' || n END, at, CASE WHEN status <> 'pending' THEN at + interval '1 second' END,
  CASE WHEN ended THEN at + interval '61.5 seconds' END, CASE WHEN ended AND n % 7 > 0 THEN 60500 END,
  CASE WHEN status <> 'pending' THEN 'gs://bucket/☕/' || n END,
  CASE n % 10 WHEN 0 THEN '{}' WHEN 5 THEN ARRAY['https://example.org/a,"b"\c/' || n, NULL, ''] END::text[],
  CASE WHEN status = 'failed' THEN left(pg_temp.awkward_text(n), 500) END
FROM (SELECT n, pg_temp.awkward_moment(n) AS at, status, status IN ('completed', 'failed', 'timeout') AS ended
  FROM generate_series(1, 10500) AS n,
    LATERAL (SELECT (ARRAY['completed', 'failed', 'timeout', 'pending', 'generating'])[n % 5 + 1] AS status) AS statuses) AS requests;
