-- harmless
-- runner: engine
CREATE TABLE app.messages (id bigint PRIMARY KEY, sent_at timestamptz);
-- ===== migration
-- db: no-transaction
CREATE INDEX CONCURRENTLY "idx_messages_sent" ON "app"."messages" ("sent_at" DESC);
