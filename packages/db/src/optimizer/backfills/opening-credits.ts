import type { Backfill } from '@repo/migrate/config';

/** Shops of before the ledger get its first entry. */
export const openingCredits: Backfill = {
  name: 'opening-credits',
  rule: 'A shop without an opening entry gets one of what its balance exceeds its entries by, so that the sum is the balance.',
  table: 'optimizer.app_instances',
  key: { column: 'instance_id', type: 'text' },
  batch: `
    INSERT INTO optimizer.credit_entries (instance_id, kind, amount)
    SELECT a.instance_id, 'opening', a.credits_total - a.credits_used_month
      - coalesce((SELECT sum(e.amount) FROM optimizer.credit_entries AS e WHERE e.instance_id = a.instance_id), 0)
    FROM optimizer.app_instances AS a
    WHERE ($1::text IS NULL OR a.instance_id > $1::text) AND a.instance_id <= $2::text
    ON CONFLICT (instance_id) WHERE kind = 'opening' DO NOTHING`,
  remaining: `
    SELECT count(*) FROM optimizer.app_instances AS a
    WHERE NOT EXISTS (SELECT FROM optimizer.credit_entries AS e WHERE e.instance_id = a.instance_id AND e.kind = 'opening')`,
};
