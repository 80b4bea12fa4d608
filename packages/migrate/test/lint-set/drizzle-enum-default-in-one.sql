-- hazards: LINT_ENUM_VALUE_AT_ONCE
-- runner: engine
CREATE TYPE "app"."ticket_state" AS ENUM('open', 'closed');
CREATE TABLE "app"."tickets" ("id" bigint PRIMARY KEY, "state" "app"."ticket_state" DEFAULT 'open' NOT NULL);
-- ===== migration
ALTER TYPE "app"."ticket_state" ADD VALUE 'triage' BEFORE 'open';--> statement-breakpoint
ALTER TABLE "app"."tickets" ALTER COLUMN "state" SET DEFAULT 'triage';
