import { sqlFunction } from '@repo/migrate/config';

/** Claims at most `wanted` due items, at most `shop_max` running a shop, from the shops that have waited longest: each becomes RUNNING
 *  with a lease, a new fence and one attempt more (found by key: see finishItems). A shop that another worker is looking at is passed over. */
export const claimItems = sqlFunction({
  schema: 'optimizer',
  name: 'claim_items',
  args: 'wanted integer, lease_ms integer, shop_max integer',
  returns:
    'TABLE(id bigint, job_id bigint, shop text, product_id text, attribute text, attempts integer, fence integer, target_lang text, user_prompt text)',
  language: 'plpgsql',
  body: `
DECLARE
  due_at timestamptz := clock_timestamp();
  lease interval := lease_ms * interval '1 millisecond';
  missing integer := wanted;
  instance text;
  running integer;
  room integer;
  taken integer;
BEGIN
  WHILE missing > 0 LOOP
    SELECT q.instance_id INTO instance FROM optimizer.shop_queues AS q
    WHERE q.next_at <= due_at ORDER BY q.next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    EXIT WHEN NOT FOUND;
    SELECT count(*) INTO running FROM optimizer.jobs AS j JOIN optimizer.job_items AS i ON i.job_id = j.id
    WHERE j.instance_id = instance AND j.status IN ('PENDING', 'RUNNING') AND i.status = 'RUNNING' AND i.available_at > due_at;
    room := greatest(least(missing, shop_max - running), 0);
    RETURN QUERY
    WITH due AS (
      SELECT o.id, j.target_lang, j.user_prompt
      FROM (
        SELECT jobs.id, jobs.target_lang, jobs.user_prompt FROM optimizer.jobs
        WHERE jobs.instance_id = instance AND jobs.status IN ('PENDING', 'RUNNING') ORDER BY jobs.id
      ) AS j CROSS JOIN LATERAL (
        SELECT i.id FROM optimizer.job_items AS i
        WHERE i.job_id = j.id AND i.status IN ('PENDING', 'RUNNING') AND i.available_at <= due_at
        ORDER BY i.available_at, i.id LIMIT room FOR UPDATE SKIP LOCKED
      ) AS o
      LIMIT room
    ), claimed AS (
      UPDATE optimizer.job_items AS i
      SET status = 'RUNNING', fence = i.fence + 1, attempts = i.attempts + 1, available_at = due_at + lease, updated_at = due_at
      FROM due WHERE i.id = due.id AND i.status::text IN ('PENDING', 'RUNNING') AND i.available_at <= due_at
      RETURNING i.id, i.job_id, instance, i.product_id, i.attribute, i.attempts, i.fence, due.target_lang, due.user_prompt
    ), started AS (
      UPDATE optimizer.jobs AS j SET status = 'RUNNING', started_at = due_at
      WHERE j.id IN (SELECT c.job_id FROM claimed AS c) AND j.status = 'PENDING'
    )
    SELECT * FROM claimed;
    GET DIAGNOSTICS taken = ROW_COUNT;
    UPDATE optimizer.shop_queues AS q
    SET next_at = greatest(clock_timestamp(), CASE
      WHEN taken = missing AND running + taken < shop_max THEN due_at
      WHEN running + taken >= shop_max THEN (
        SELECT min(i.available_at) FROM optimizer.jobs AS j JOIN optimizer.job_items AS i ON i.job_id = j.id
        WHERE j.instance_id = instance AND j.status IN ('PENDING', 'RUNNING') AND i.status = 'RUNNING')
      ELSE coalesce((
        SELECT min(o.available_at) FROM optimizer.jobs AS j CROSS JOIN LATERAL (
          SELECT i.available_at FROM optimizer.job_items AS i
          WHERE i.job_id = j.id AND i.status IN ('PENDING', 'RUNNING') ORDER BY i.available_at LIMIT 1
        ) AS o
        WHERE j.instance_id = instance AND j.status IN ('PENDING', 'RUNNING')), 'infinity') END)
    WHERE q.instance_id = instance;
    missing := missing - taken;
  END LOOP;
END
`,
});
