-- harmless
CREATE TABLE invoices (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '1s';
ALTER TABLE invoices ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000001';
