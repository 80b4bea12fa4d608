-- harmless
CREATE TABLE outbox (id bigint PRIMARY KEY, sent_at timestamptz);
-- ===== migration
WITH batch AS (SELECT id FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED)
UPDATE outbox SET sent_at = now() FROM batch WHERE outbox.id = batch.id;
DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE sent_at < '2020-01-01' LIMIT 500);
