import type { Backfill } from '@repo/migrate/config';

/** Jobs of before the counts get theirs. */
export const jobsItemCounts: Backfill = {
  name: 'jobs-item-counts',
  rule: 'items_total, items_done and items_failed are counted where items_total is 0. A job whose items were cleared away stays at 0.',
  table: 'optimizer.jobs',
  key: { column: 'id', type: 'bigint' },
  batch: `
    UPDATE optimizer.jobs AS j
    SET items_total = c.total, items_done = c.done, items_failed = c.failed
    FROM (
      SELECT job_id, count(*) AS total, count(*) FILTER (WHERE status = 'DONE') AS done,
        count(*) FILTER (WHERE status = 'FAILED') AS failed
      FROM optimizer.job_items
      WHERE ($1::bigint IS NULL OR job_id > $1::bigint) AND job_id <= $2::bigint
      GROUP BY job_id
    ) AS c
    WHERE j.id = c.job_id AND j.items_total = 0`,
  remaining: `
    SELECT count(*) FROM optimizer.jobs AS j
    WHERE j.items_total = 0 AND EXISTS (SELECT FROM optimizer.job_items AS i WHERE i.job_id = j.id)`,
};
