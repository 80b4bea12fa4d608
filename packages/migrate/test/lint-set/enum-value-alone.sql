-- harmless
-- runner: engine
CREATE TYPE app.state AS ENUM ('open', 'closed');
-- ===== migration
ALTER TYPE "app"."state" ADD VALUE 'triage' BEFORE 'open';
