-- Undo running items of a shop.
-- Lost: which items run: workers of before begin them again, and what the others hand in is refused.
-- Date: 2026-11-28

DROP FUNCTION optimizer.exchange_items(text[], bigint[], integer[], text[], text[], text[], text[], integer[], integer, integer, integer);
--> statement-breakpoint
DROP FUNCTION optimizer.finish_items(text[], bigint[], integer[], text[], text[], text[], text[], integer[]);
--> statement-breakpoint
CREATE OR REPLACE FUNCTION optimizer.finish_items(results json)
 RETURNS integer
 LANGUAGE plpgsql VOLATILE
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION optimizer.claim_items(wanted integer, lease_ms integer, shop_max integer)
 RETURNS TABLE(id bigint, job_id bigint, shop text, product_id text, attribute text, attempts integer, fence integer, target_lang text, user_prompt text)
 LANGUAGE plpgsql VOLATILE
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION optimizer.exchange_items(results json, wanted integer, lease_ms integer, shop_max integer)
 RETURNS TABLE(id bigint, job_id bigint, shop text, product_id text, attribute text, attempts integer, fence integer, target_lang text, user_prompt text)
 LANGUAGE plpgsql VOLATILE
 SET search_path TO 'pg_catalog'
AS $function$
BEGIN
  PERFORM optimizer.finish_items(results);
  RETURN QUERY SELECT * FROM optimizer.claim_items(wanted, lease_ms, shop_max);
END
$function$;
--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" DROP COLUMN "running_until";
--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" DROP COLUMN "running_fences";
--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" DROP COLUMN "running_ids";
--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" DROP COLUMN "fence";
--> statement-breakpoint
UPDATE "optimizer"."shop_queues" SET "next_at" = now();
