INSERT INTO app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at, plan_id, credits_total,
  credits_used_month, credits_reset_on, created_at, updated_at)
SELECT 'shop-' || n, CASE n % 3 WHEN 0 THEN pg_temp.awkward_text(n) ELSE 'shop-' || n % 20 || '.example.org' END, 'access ' || n, 'refresh ' || n,
  pg_temp.awkward_moment(n), (ARRAY['free', 'free', 'starter', 'pro', 'scale'])[n % 5 + 1], CASE n % 4 WHEN 0 THEN 100 WHEN 1 THEN 31337 ELSE 200 END,
  n % 90, date '2026-03-29' + n % 40, pg_temp.awkward_moment(n), pg_temp.awkward_moment(n + 1)
FROM generate_series(1, 300) AS n;

INSERT INTO jobs (instance_id, status, source_scope, source_ids, attributes, target_lang, user_prompt, created_at, started_at, finished_at, error)
SELECT 'shop-' || n % 300 + 1, (ARRAY['DONE', 'FAILED', 'CANCELED', 'RUNNING', 'PENDING'])[n % 5 + 1]::job_status,
  (ARRAY['products', 'collections'])[n % 2 + 1], pg_temp.awkward_json(n), '["name", "seoTitle"]', 'de', pg_temp.awkward_text(n),
  pg_temp.awkward_moment(n), CASE WHEN n % 5 < 4 THEN pg_temp.awkward_moment(n + 2) END, CASE WHEN n % 5 < 3 THEN pg_temp.awkward_moment(n + 4) END,
  CASE n % 5 WHEN 1 THEN pg_temp.awkward_text(n + 1) END
FROM generate_series(1, 1500) AS n;

-- Some items twice: nothing kept a job from naming a product and attribute again.
INSERT INTO job_items (job_id, product_id, attribute, before_value, after_value, status, error, created_at, updated_at)
SELECT n % 1500 + 1, 'product-' || n % 997, (ARRAY['name', 'description', 'seoTitle'])[n % 3 + 1],
  CASE WHEN n % 4 > 0 THEN pg_temp.awkward_text(n) END, CASE WHEN n % 4 > 1 THEN pg_temp.awkward_text(n + 1) END,
  (ARRAY['DONE', 'DONE', 'FAILED', 'RUNNING', 'PENDING'])[n % 5 + 1]::item_status, CASE n % 5 WHEN 2 THEN pg_temp.awkward_text(n + 2) END,
  pg_temp.awkward_moment(n), pg_temp.awkward_moment(n + 1)
FROM generate_series(1, 7500) AS n;

INSERT INTO publish_logs (instance_id, product_id, attribute, applied_value, applied_at)
SELECT 'shop-' || n % 300 + 1, 'product-' || n % 997, 'name', pg_temp.awkward_text(n), pg_temp.awkward_moment(n)
FROM generate_series(1, 1500) AS n;
