-- hazards: LINT_OPAQUE_BLOCK
-- ===== migration
DO $$ BEGIN FOR i IN 1..10 LOOP DELETE FROM logs WHERE ctid IN (SELECT ctid FROM logs LIMIT 1000); COMMIT; END LOOP; END $$;
