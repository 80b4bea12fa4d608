-- hazards: LINT_FOREIGN_KEY_VALIDATES, LINT_FOREIGN_KEY_NO_INDEX
-- runner: engine
CREATE TABLE "app"."carriers" ("id" uuid PRIMARY KEY);
CREATE TABLE "app"."shipments" ("id" uuid PRIMARY KEY, "carrier_id" uuid);
-- ===== migration
-- Carriers.
-- Purpose: a shipment cannot outlive its carrier.
ALTER TABLE "app"."shipments" ADD CONSTRAINT "shipments_carrier_id_carriers_id_fk" FOREIGN KEY ("carrier_id") REFERENCES "app"."carriers"("id") ON DELETE restrict ON UPDATE no action;
