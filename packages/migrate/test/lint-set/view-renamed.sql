-- hazards: LINT_RENAME
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE VIEW a_view AS SELECT id FROM a;
-- ===== migration
ALTER VIEW a_view RENAME TO all_a;
