-- Undo leases, ledger and counts.
-- Loses: the credit ledger, the events seen, publish intents that are not settled, idempotency keys, and how often items were tried.
-- Date: 2026-11-21

DROP TABLE "optimizer"."webhook_events";
--> statement-breakpoint
DROP TABLE "optimizer"."shop_queues";
--> statement-breakpoint
DROP TABLE "optimizer"."publish_intents";
--> statement-breakpoint
DROP TABLE "optimizer"."credit_entries";
--> statement-breakpoint
ALTER TABLE "optimizer"."publish_logs" DROP COLUMN "job_item_id";
--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" DROP COLUMN "items_published", DROP COLUMN "items_failed", DROP COLUMN "items_done",
  DROP COLUMN "items_total", DROP COLUMN "request_hash", DROP COLUMN "idempotency_key";
--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" DROP COLUMN "published_at", DROP COLUMN "available_at", DROP COLUMN "fence", DROP COLUMN "attempts";
