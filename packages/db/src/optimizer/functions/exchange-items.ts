import { sqlFunction } from '@repo/migrate/config';
import { CLAIMED } from './claim-items.ts';
import { RESULT_ARGS } from './finish-items.ts';

/** finish_items, then claim_items: a worker's one round trip. The planner may not choose: each statement has one index that gives its rows
 *  in order, and a planner that has not heard of a new job takes its items for few, and reads all open items of all shops. */
export const exchangeItems = sqlFunction({
  schema: 'optimizer',
  name: 'exchange_items',
  args: `${RESULT_ARGS}, wanted integer, lease_ms integer, shop_max integer`,
  returns: CLAIMED,
  language: 'plpgsql',
  settings: {
    plan_cache_mode: 'force_generic_plan',
    enable_seqscan: 'off',
    enable_bitmapscan: 'off',
    enable_sort: 'off',
  },
  body: `
BEGIN
  IF cardinality(ids) > 0 THEN
    PERFORM optimizer.finish_items(shops, ids, fences, statuses, befores, afters, errors, delays_ms);
  END IF;
  IF wanted > 0 THEN
    RETURN QUERY SELECT * FROM optimizer.claim_items(wanted, lease_ms, shop_max);
  END IF;
END
`,
});
