import { sqlFunction } from '@repo/migrate/config';

/** Results of claimed items, as columns of equal length; place n is one item, shops are in the order of their bytes. Status: DONE, FAILED, PENDING (to be tried again after the
 *  delay), UNTRIED (given back as if it had not been claimed). */
export const RESULT_ARGS =
  'shops text[], ids bigint[], fences integer[], statuses text[], befores text[], afters text[], errors text[], delays_ms integer[]';

/** Writes results and moves their jobs on; a result of an item that is not held under its fence is passed over. Shops are locked in their
 *  order, so that two workers never wait for each other; then items, then jobs. A small statement for what is common stands beside the
 *  general one: preparing a plan for execution costs more here than executing it. */
export const finishItems = sqlFunction({
  schema: 'optimizer',
  name: 'finish_items',
  args: RESULT_ARGS,
  returns: 'void',
  language: 'plpgsql',
  body: `
DECLARE
  instance text;
  previous text := '';
  q record;
  w record;
BEGIN
  FOREACH instance IN ARRAY shops LOOP
    CONTINUE WHEN instance = previous;
    previous := instance;
    SELECT s.running_ids, s.running_fences, s.running_until, s.next_at INTO q
    FROM optimizer.shop_queues AS s WHERE s.instance_id = instance FOR UPDATE;
    CONTINUE WHEN NOT FOUND;
    WITH written AS (
      UPDATE optimizer.job_items AS i
      SET status = CASE g.status WHEN 'UNTRIED' THEN 'PENDING' ELSE g.status END::optimizer.item_status,
        before_value = coalesce(g.before, i.before_value), after_value = g.after, error = g.error,
        attempts = i.attempts + (g.status <> 'UNTRIED')::integer,
        available_at = CASE WHEN g.status IN ('DONE', 'FAILED') THEN i.available_at
          ELSE clock_timestamp() + g.delay_ms * interval '1 millisecond' END,
        updated_at = clock_timestamp()
      FROM unnest(shops, ids, fences, statuses, befores, afters, errors, delays_ms)
        AS g(shop, id, fence, status, before, after, error, delay_ms)
      WHERE i.id = g.id AND g.shop = instance AND q.running_fences[array_position(q.running_ids, g.id)] = g.fence
      RETURNING i.id, i.job_id, i.status
    )
    SELECT array_agg(o.id) AS ids, min(o.job_id) AS first_job, max(o.job_id) AS last_job, array_agg(o.job_id) AS jobs,
      (count(*) FILTER (WHERE o.status = 'DONE'))::integer AS done, (count(*) FILTER (WHERE o.status = 'FAILED'))::integer AS failed,
      array_agg(o.status) AS statuses
    INTO w FROM written AS o;
    CONTINUE WHEN w.ids IS NULL;
    IF w.first_job <> w.last_job THEN
      UPDATE optimizer.jobs AS j
      SET items_done = j.items_done + c.done, items_failed = j.items_failed + c.failed
      FROM (
        SELECT u.id, (count(*) FILTER (WHERE u.status = 'DONE'))::integer AS done,
          (count(*) FILTER (WHERE u.status = 'FAILED'))::integer AS failed
        FROM unnest(w.jobs, w.statuses) AS u(id, status) GROUP BY u.id
      ) AS c
      WHERE j.id = c.id;
      UPDATE optimizer.jobs AS j SET
        status = CASE WHEN j.items_failed = j.items_total THEN 'FAILED' ELSE 'DONE' END::optimizer.job_status,
        finished_at = clock_timestamp(), error = CASE WHEN j.items_failed = j.items_total THEN 'every item failed' END
      WHERE j.id = ANY (w.jobs) AND j.items_done + j.items_failed >= j.items_total;
    ELSIF w.done + w.failed > 0 THEN
      UPDATE optimizer.jobs AS j SET items_done = j.items_done + w.done, items_failed = j.items_failed + w.failed,
        status = CASE
          WHEN j.items_done + j.items_failed + w.done + w.failed < j.items_total THEN 'RUNNING'
          WHEN j.items_failed + w.failed = j.items_total THEN 'FAILED'
          ELSE 'DONE' END::optimizer.job_status,
        finished_at = CASE WHEN j.items_done + j.items_failed + w.done + w.failed >= j.items_total THEN clock_timestamp() END,
        error = CASE WHEN j.items_failed + w.failed >= j.items_total THEN 'every item failed' END
      WHERE j.id = w.first_job;
    END IF;
    IF cardinality(w.ids) = cardinality(q.running_ids) THEN
      q.running_ids := '{}';
      q.running_fences := '{}';
      q.running_until := '{}';
    ELSE
      SELECT array_agg(r.id), array_agg(r.fence), array_agg(r.until) INTO q.running_ids, q.running_fences, q.running_until
      FROM unnest(q.running_ids, q.running_fences, q.running_until) AS r(id, fence, until) WHERE r.id <> ALL (w.ids);
    END IF;
    UPDATE optimizer.shop_queues AS s SET running_ids = q.running_ids, running_fences = q.running_fences, running_until = q.running_until,
      next_at = least(q.next_at, clock_timestamp())
    WHERE s.instance_id = instance;
  END LOOP;
END 
`,
});
