-- hazards: LINT_VIEW_PASSES_ROW_SECURITY
CREATE TABLE letters (id bigint PRIMARY KEY, tenant text, body text);
ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_letters ON letters USING (tenant = current_setting('app.tenant', true));
-- ===== migration
CREATE OR REPLACE VIEW recent_letters AS SELECT * FROM letters ORDER BY id DESC LIMIT 100;
