-- Ledger of old shops.
-- Purpose: shops and jobs of before the ledger, the counts and the queues get theirs. A column that was added without its backfill
--   (next_billing_date) once gave paying shops the free plan's date.
-- Date: 2026-11-21
-- db: after-backfill jobs-item-counts
-- db: after-backfill opening-credits
-- db: after-backfill shop-queues-of-open-jobs

ANALYZE "optimizer"."jobs", "optimizer"."credit_entries", "optimizer"."shop_queues";
