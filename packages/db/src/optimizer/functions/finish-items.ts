import { sqlFunction } from '@repo/migrate/config';

/** Writes results of claimed items and moves their jobs on; a result whose fence is not the item's is passed over. Each result:
 *  { shop, id, fence, status, before, after, error, delay_ms, untried }; PENDING puts the item back, `untried` without an attempt.
 *  Items are found by their keys: compared as text, the status fits no partial index, which a planner that has not heard of a new job
 *  takes for empty and then reads whole. Returns how many results were written. Locks: the shops in their order, then items, then jobs. */
export const finishItems = sqlFunction({
  schema: 'optimizer',
  name: 'finish_items',
  args: 'results json',
  returns: 'integer',
  language: 'plpgsql',
  body: `
DECLARE
  shops text[];
  accepted integer;
BEGIN
  SELECT array_agg(DISTINCT r.shop) INTO shops FROM json_to_recordset(results) AS r(shop text);
  PERFORM FROM optimizer.shop_queues AS q WHERE q.instance_id = ANY (shops) ORDER BY q.instance_id FOR UPDATE;
  WITH given AS (
    SELECT * FROM json_to_recordset(results) AS r(id bigint, fence integer, status optimizer.item_status, before text, after text,
      error text, delay_ms integer, untried boolean)
  ), written AS (
    UPDATE optimizer.job_items AS i
    SET status = g.status, before_value = coalesce(g.before, i.before_value), after_value = g.after, error = g.error,
      attempts = i.attempts - CASE WHEN g.untried THEN 1 ELSE 0 END,
      available_at = clock_timestamp() + coalesce(g.delay_ms, 0) * interval '1 millisecond', updated_at = clock_timestamp()
    FROM given AS g
    WHERE i.id = g.id AND i.fence = g.fence AND i.status::text = 'RUNNING'
    RETURNING i.job_id, i.status
  ), counted AS (
    SELECT w.job_id, (count(*) FILTER (WHERE w.status = 'DONE'))::integer AS done,
      (count(*) FILTER (WHERE w.status = 'FAILED'))::integer AS failed
    FROM written AS w GROUP BY w.job_id
  ), moved AS (
    UPDATE optimizer.jobs AS j
    SET items_done = j.items_done + c.done, items_failed = j.items_failed + c.failed,
      status = CASE
        WHEN j.items_done + c.done + j.items_failed + c.failed < j.items_total THEN 'RUNNING'
        WHEN j.items_failed + c.failed = j.items_total THEN 'FAILED'
        ELSE 'DONE' END::optimizer.job_status,
      finished_at = CASE WHEN j.items_done + c.done + j.items_failed + c.failed >= j.items_total THEN clock_timestamp() END,
      error = CASE WHEN j.items_failed + c.failed >= j.items_total THEN 'every item failed' END
    FROM counted AS c
    WHERE j.id = c.job_id AND j.status IN ('PENDING', 'RUNNING') AND c.done + c.failed > 0
  )
  SELECT count(*) INTO accepted FROM written;
  UPDATE optimizer.shop_queues AS q SET next_at = clock_timestamp() WHERE q.instance_id = ANY (shops) AND q.next_at > clock_timestamp();
  RETURN accepted;
END
`,
});
