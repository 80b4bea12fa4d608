INSERT INTO config (guild_id, key, value, updated_at)
SELECT guild, key, pg_temp.awkward_json(g + k), CASE WHEN g % 5 > 0 THEN pg_temp.awkward_moment(g * k) END
FROM generate_series(0, 60) AS g,
  LATERAL (SELECT CASE g WHEN 0 THEN 'global' ELSE (600000000000000000 + g)::text END AS guild) AS guilds,
  unnest(ARRAY['ai', 'triage', 'welcome', 'moderation', 'memory', 'logging', 'permissions']) WITH ORDINALITY AS keys (key, k)
WHERE g = 0 OR (g + k) % 3 = 0;

-- The writer lost guild_id for a week: every seventh message has none, and those of channel 9 have none at all.
INSERT INTO conversations (channel_id, guild_id, role, content, username, created_at)
SELECT (700000000000000000 + n % 40)::text,
  CASE WHEN n % 7 > 0 AND n % 40 <> 9 THEN (600000000000000000 + n % 40 % 60)::text END,
  (ARRAY['user', 'assistant', 'system'])[n % 3 + 1], pg_temp.awkward_text(n),
  CASE WHEN n % 3 = 0 THEN pg_temp.awkward_text(n + 1) END, CASE WHEN n % 101 > 0 THEN pg_temp.awkward_moment(n) END
FROM generate_series(1, 4000) AS n;

INSERT INTO mod_cases (guild_id, case_number, action, target_id, target_tag, moderator_id, moderator_tag, reason, duration,
  expires_at, log_message_id, created_at)
SELECT (600000000000000000 + n % 60)::text, n / 60 + 1, (ARRAY['warn', 'tempban', 'kick', 'untimeout'])[n % 4 + 1],
  (800000000000000000 + n % 211)::text, pg_temp.awkward_text(n), (810000000000000000 + n % 5)::text, 'mod ☕',
  CASE WHEN n % 4 > 0 THEN pg_temp.awkward_text(n + 2) END, CASE WHEN n % 4 = 1 THEN '7d' END,
  CASE WHEN n % 4 = 1 THEN pg_temp.awkward_moment(n) + interval '7 days' END, CASE WHEN n % 9 > 0 THEN (900000000000000000 + n)::text END,
  pg_temp.awkward_moment(n)
FROM generate_series(1, 2000) AS n;

INSERT INTO mod_scheduled_actions (guild_id, action, target_id, case_id, execute_at, executed, created_at)
SELECT guild_id, 'unban', target_id, CASE WHEN id % 7 > 0 THEN id END, coalesce(expires_at, 'infinity'),
  CASE id % 5 WHEN 0 THEN NULL WHEN 1 THEN false ELSE true END, created_at
FROM mod_cases WHERE action = 'tempban';

INSERT INTO memory_optouts (user_id, created_at)
SELECT (800000000000000000 + n)::text, CASE WHEN n % 3 > 0 THEN pg_temp.awkward_moment(n) END FROM generate_series(1, 300) AS n;

INSERT INTO ai_usage (guild_id, channel_id, type, model, input_tokens, output_tokens, cost_usd, duration_ms, user_id, search_count, created_at)
SELECT CASE n % 20 WHEN 0 THEN 'unknown' ELSE (600000000000000000 + n % 60)::text END, (700000000000000000 + n % 40)::text,
  (ARRAY['classify', 'respond'])[n % 2 + 1], 'model-' || n % 3, n, n % 900, n * 0.000123, n % 9000,
  CASE WHEN n % 6 > 0 THEN (800000000000000000 + n % 211)::text END, n % 4, pg_temp.awkward_moment(n)
FROM generate_series(1, 2500) AS n;

INSERT INTO logs (level, message, metadata, timestamp)
SELECT (ARRAY['info', 'warn', 'error', 'debug'])[n % 4 + 1], pg_temp.awkward_text(n),
  CASE WHEN n % 6 > 0 THEN pg_temp.awkward_json(n) END, pg_temp.awkward_moment(n)
FROM generate_series(1, 2500) AS n;

INSERT INTO bot_restarts (timestamp, reason, version, uptime_seconds)
SELECT pg_temp.awkward_moment(n), CASE n % 2 WHEN 0 THEN 'startup' ELSE pg_temp.awkward_text(n) END, CASE WHEN n % 3 > 0 THEN '1.' || n END,
  CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' ELSE n * 12345.678901234567890 END
FROM generate_series(1, 200) AS n;
