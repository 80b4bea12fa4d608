import type { OldApplication } from '../bed.ts';

/** One shop orders a job; a worker claims its items and publishes one. */
export const application: OldApplication = {
  start: [],
  round: (n) => [
    {
      text: `INSERT INTO app_instances (instance_id, site_host, access_token, refresh_token, token_expires_at, credits_total)
        VALUES ($1, 'old.example.org', 'a', 'r', now(), 200)
        ON CONFLICT (instance_id) DO UPDATE SET access_token = EXCLUDED.access_token, updated_at = now()`,
      values: [`old-shop-${n % 10}`],
    },
    {
      text: `WITH job AS (
          INSERT INTO jobs (instance_id, source_scope, source_ids, attributes, target_lang, user_prompt)
          VALUES ($1, 'products', '["p"]', '["name"]', 'de', $2) RETURNING id)
        INSERT INTO job_items (job_id, product_id, attribute) SELECT id, 'p', 'name' FROM job RETURNING id`,
      values: [`old-shop-${n % 10}`, `old prompt ☕ ${n}`],
    },
    {
      text: `UPDATE job_items SET status = 'DONE', before_value = 'b', after_value = 'a', updated_at = now()
        WHERE id IN (SELECT i.id FROM job_items i JOIN jobs j ON j.id = i.job_id WHERE j.user_prompt = $1 AND i.status IN ('PENDING', 'RUNNING')
          LIMIT 100 FOR UPDATE OF i SKIP LOCKED)`,
      values: [`old prompt ☕ ${n}`],
    },
    {
      text: `UPDATE jobs SET status = 'DONE', finished_at = now() WHERE user_prompt = $1`,
      values: [`old prompt ☕ ${n}`],
    },
    {
      text: `UPDATE app_instances SET credits_used_month = credits_used_month + 1 WHERE instance_id = $1 RETURNING credits_total - credits_used_month`,
      values: [`old-shop-${n % 10}`],
    },
    {
      text: `INSERT INTO publish_logs (instance_id, product_id, attribute, applied_value) VALUES ($1, 'p', 'name', $2)`,
      values: [`old-shop-${n % 10}`, `old ${n}`],
    },
    { text: `SELECT status, count(*) FROM jobs WHERE instance_id = $1 GROUP BY 1`, values: [`old-shop-${n % 10}`] },
  ],
  trace: (n) => ({ table: 'jobs', where: `user_prompt = 'old prompt ☕ ${n}'` }),
};
