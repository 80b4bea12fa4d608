-- Undo ledger of old shops.
-- Lost: nothing; the rows that the backfills wrote stay.

ANALYZE "optimizer"."jobs";
