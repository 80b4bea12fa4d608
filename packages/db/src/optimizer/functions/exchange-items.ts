import { sqlFunction } from '@repo/migrate/config';

/** finish_items, then claim_items: a worker's one round trip. */
export const exchangeItems = sqlFunction({
  schema: 'optimizer',
  name: 'exchange_items',
  args: 'results json, wanted integer, lease_ms integer, shop_max integer',
  returns:
    'TABLE(id bigint, job_id bigint, shop text, product_id text, attribute text, attempts integer, fence integer, target_lang text, user_prompt text)',
  language: 'plpgsql',
  body: `
BEGIN
  PERFORM optimizer.finish_items(results);
  RETURN QUERY SELECT * FROM optimizer.claim_items(wanted, lease_ms, shop_max);
END
`,
});
