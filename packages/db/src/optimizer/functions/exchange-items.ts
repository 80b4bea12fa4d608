import { sqlFunction } from '@repo/migrate/config';
import { RESULT_ARGS } from './finish-items.ts';

/** A worker's one round trip: results are written (finish_items), then at most `wanted` due items are claimed, at most `shop_max` running a
 *  shop, from the shops that have waited longest. Each gets a lease and the claim's fence; `attempts` counts this time. An item whose lease
 *  has ended counts as tried, and is due. A shop that another worker is looking at is passed over. Whoever changes items of a shop holds its
 *  queue's lock, so the items need none.
 *
 *  It runs as its owner, because row-level security is a third of what such a small round trip costs, and lets in only those who log in as
 *  the worker or as an owner. The planner may not choose: each statement has one index that gives its rows in order, and a planner that has
 *  not heard of a new job takes its items for few, and reads all open items of all shops. */
export const exchangeItems = sqlFunction({
  schema: 'optimizer',
  name: 'exchange_items',
  args: `${RESULT_ARGS}, wanted integer, lease_ms integer, shop_max integer`,
  returns:
    'TABLE(id bigint, job_id bigint, shop text, product_id text, attribute text, attempts integer, fence integer, target_lang text, user_prompt text)',
  language: 'plpgsql',
  runsAs: 'owner',
  settings: {
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_sort: 'off',
  },
  body: `
DECLARE
  due_at timestamptz;
  lease_end timestamptz;
  next_due timestamptz;
  missing integer := wanted;
  q record;
  item record;
  room integer;
  taken integer;
BEGIN
  IF NOT coalesce(pg_has_role(session_user, to_regrole('optimizer_worker'), 'MEMBER'), false)
    AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
    RAISE EXCEPTION 'permission denied for function exchange_items' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF cardinality(ids) > 0 THEN
    PERFORM optimizer.finish_items(shops, ids, fences, statuses, befores, afters, errors, delays_ms);
  END IF;
  due_at := clock_timestamp();
  lease_end := due_at + lease_ms * interval '1 millisecond';
  WHILE missing > 0 LOOP
    SELECT s.instance_id, s.fence, s.running_ids, s.running_fences, s.running_until INTO q FROM optimizer.shop_queues AS s
    WHERE s.next_at <= due_at ORDER BY s.next_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    EXIT WHEN NOT FOUND;
    IF due_at >= ANY (q.running_until) THEN
      UPDATE optimizer.job_items AS i SET attempts = i.attempts + 1, updated_at = due_at
      WHERE i.id IN (SELECT r.id FROM unnest(q.running_ids, q.running_until) AS r(id, until) WHERE r.until <= due_at);
      SELECT coalesce(array_agg(r.id), '{}'), coalesce(array_agg(r.fence), '{}'), coalesce(array_agg(r.until), '{}')
      INTO q.running_ids, q.running_fences, q.running_until
      FROM unnest(q.running_ids, q.running_fences, q.running_until) AS r(id, fence, until) WHERE r.until > due_at;
    END IF;
    room := greatest(least(missing, shop_max - cardinality(q.running_ids)), 0);
    taken := 0;
    shop := q.instance_id;
    fence := q.fence + 1;
    FOR item IN
      SELECT j.id AS job_id, j.status, j.target_lang, j.user_prompt, i.id, i.product_id, i.attribute, i.attempts
      FROM optimizer.jobs AS j CROSS JOIN LATERAL (
        SELECT o.id, o.product_id, o.attribute, o.attempts FROM optimizer.job_items AS o
        WHERE o.job_id = j.id AND o.status IN ('PENDING', 'RUNNING') AND o.available_at <= due_at AND o.id <> ALL (q.running_ids)
        ORDER BY o.available_at, o.id LIMIT room
      ) AS i
      WHERE j.instance_id = q.instance_id AND j.status IN ('PENDING', 'RUNNING') ORDER BY j.id LIMIT room
    LOOP
      IF item.status = 'PENDING' AND item.job_id IS DISTINCT FROM job_id THEN
        UPDATE optimizer.jobs AS j SET status = 'RUNNING', started_at = due_at WHERE j.id = item.job_id;
      END IF;
      id := item.id;
      job_id := item.job_id;
      product_id := item.product_id;
      attribute := item.attribute;
      attempts := item.attempts + 1;
      target_lang := item.target_lang;
      user_prompt := item.user_prompt;
      RETURN NEXT;
      q.running_ids := q.running_ids || item.id;
      q.running_fences := q.running_fences || fence;
      q.running_until := q.running_until || lease_end;
      taken := taken + 1;
    END LOOP;
    IF taken = room AND cardinality(q.running_ids) < shop_max THEN
      next_due := clock_timestamp();
    ELSE
      SELECT coalesce(min(u), 'infinity') INTO next_due FROM unnest(q.running_until) AS u;
      IF taken < room THEN
        SELECT least(next_due, min(o.available_at)) INTO next_due FROM optimizer.jobs AS j CROSS JOIN LATERAL (
          SELECT i.available_at FROM optimizer.job_items AS i
          WHERE i.job_id = j.id AND i.status IN ('PENDING', 'RUNNING') AND i.available_at > due_at
          ORDER BY i.available_at, i.id LIMIT 1
        ) AS o
        WHERE j.instance_id = q.instance_id AND j.status IN ('PENDING', 'RUNNING');
      END IF;
    END IF;
    UPDATE optimizer.shop_queues AS s
    SET fence = q.fence + 1, running_ids = q.running_ids, running_fences = q.running_fences, running_until = q.running_until, next_at = next_due
    WHERE s.instance_id = q.instance_id;
    missing := missing - taken;
  END LOOP;
END 
`,
});
