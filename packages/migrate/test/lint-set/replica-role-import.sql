-- hazards: LINT_TRIGGERS_OFF
CREATE TABLE people (id bigint PRIMARY KEY);
-- ===== migration
SET session_replication_role TO replica;
INSERT INTO people (id) VALUES (1), (2);
SET session_replication_role TO origin;
