-- hazards: LINT_TRIGGERS_OFF
CREATE TABLE people (id bigint PRIMARY KEY);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE people DISABLE TRIGGER ALL;
