-- Undo row level security.
-- Loses: nothing but the wall between tenants and the worker's functions.
-- Date: 2026-11-21

DROP FUNCTION "optimizer"."exchange_items"(json, integer, integer, integer);
--> statement-breakpoint
DROP FUNCTION "optimizer"."claim_items"(integer, integer, integer);
--> statement-breakpoint
DROP FUNCTION "optimizer"."finish_items"(json);
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."app_instances";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."app_instances";
--> statement-breakpoint
ALTER TABLE "optimizer"."app_instances" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."job_items";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."job_items";
--> statement-breakpoint
ALTER TABLE "optimizer"."job_items" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."jobs";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."jobs";
--> statement-breakpoint
ALTER TABLE "optimizer"."jobs" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."publish_logs";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."publish_logs";
--> statement-breakpoint
ALTER TABLE "optimizer"."publish_logs" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."credit_entries";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."credit_entries";
--> statement-breakpoint
ALTER TABLE "optimizer"."credit_entries" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."publish_intents";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."publish_intents";
--> statement-breakpoint
ALTER TABLE "optimizer"."publish_intents" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."shop_queues";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."shop_queues";
--> statement-breakpoint
ALTER TABLE "optimizer"."shop_queues" DISABLE ROW LEVEL SECURITY;
--> statement-breakpoint
DROP POLICY "own_tenant" ON "optimizer"."webhook_events";
--> statement-breakpoint
DROP POLICY "background_worker" ON "optimizer"."webhook_events";
--> statement-breakpoint
ALTER TABLE "optimizer"."webhook_events" DISABLE ROW LEVEL SECURITY;
