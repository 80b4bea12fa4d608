-- Values that tools stumble over, by number; the functions go with the session.
CREATE FUNCTION pg_temp.awkward_text(n bigint) RETURNS text LANGUAGE sql AS $$
  SELECT CASE n % 11
    WHEN 0 THEN ''
    WHEN 1 THEN 'naïve café ☕ 🤖 ' || n
    WHEN 2 THEN 'مرحبا 中文 ไทย ' || n
    WHEN 3 THEN E'tab\there, line\nbreak, return\r, back\\slash, \\N, quotes \' " ' || n
    WHEN 4 THEN repeat('long text, also for TOAST ', 40 + (n % 97)::int) || n
    WHEN 5 THEN '\N'
    WHEN 6 THEN '  spaces around  '
    WHEN 7 THEN E'e\u0301 is not é'
    WHEN 8 THEN '''; DROP TABLE jobs; --'
    WHEN 9 THEN E'zero width \u200b and right to left \u202e ' || n
    ELSE 'plain ' || n
  END
$$;
CREATE FUNCTION pg_temp.awkward_json(n bigint) RETURNS jsonb LANGUAGE sql AS $$
  SELECT CASE n % 10
    WHEN 0 THEN '{}'
    WHEN 1 THEN '[]'
    WHEN 2 THEN 'null'
    WHEN 3 THEN '"only text"'
    WHEN 4 THEN '42.000000000000000000000000000001'
    WHEN 5 THEN '[[1, [2, {"three": null}]], false]'
    WHEN 6 THEN '{"": "empty key", "é ☕": "\ud83e\udd16", "a.b": {"c\"d": "\\"}}'
    WHEN 7 THEN jsonb_build_object('n', n, 'text', repeat('body ', 20 + (n % 31)::int))
    ELSE jsonb_build_object('n', n, 'list', jsonb_build_array(n, n::text, NULL))
  END::jsonb
$$;
-- Seven seconds apart across the hour that summer time takes away, or, for odd n, across the one that it gives twice.
CREATE FUNCTION pg_temp.awkward_moment(n bigint) RETURNS timestamptz LANGUAGE sql AS $$
  SELECT CASE n % 2 WHEN 0 THEN timestamptz '2026-03-28 23:30:00.123456+00' ELSE timestamptz '2026-10-24 23:30:00.654321+00' END
    + n * interval '7 seconds 1 microsecond'
$$;
