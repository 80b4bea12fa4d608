-- Undo ledger of old shops.
-- Loses: nothing; the rows that the backfills wrote stay.
-- Date: 2026-11-21

ANALYZE "optimizer"."jobs";
