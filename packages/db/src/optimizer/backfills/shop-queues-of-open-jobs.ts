import type { Backfill } from '@repo/migrate/config';

/** Shops whose jobs were open before there were queues get one, or no worker would ever look at them. */
export const shopQueuesOfOpenJobs: Backfill = {
  name: 'shop-queues-of-open-jobs',
  rule: 'A shop with a PENDING or RUNNING job gets a queue that is due at once.',
  table: 'optimizer.app_instances',
  key: { column: 'instance_id', type: 'text' },
  batch: `
    INSERT INTO optimizer.shop_queues (instance_id)
    SELECT a.instance_id FROM optimizer.app_instances AS a
    WHERE ($1::text IS NULL OR a.instance_id > $1::text) AND a.instance_id <= $2::text
      AND EXISTS (SELECT FROM optimizer.jobs AS j WHERE j.instance_id = a.instance_id AND j.status IN ('PENDING', 'RUNNING'))
    ON CONFLICT DO NOTHING`,
  remaining: `
    SELECT count(DISTINCT j.instance_id) FROM optimizer.jobs AS j
    WHERE j.status IN ('PENDING', 'RUNNING')
      AND NOT EXISTS (SELECT FROM optimizer.shop_queues AS q WHERE q.instance_id = j.instance_id)`,
};
