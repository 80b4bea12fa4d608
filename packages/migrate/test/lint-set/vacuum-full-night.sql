-- hazards: LINT_TABLE_REWRITTEN
CREATE TABLE logs (id bigint PRIMARY KEY);
-- ===== migration
VACUUM FULL ANALYZE logs;
