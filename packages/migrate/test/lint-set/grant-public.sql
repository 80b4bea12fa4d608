-- hazards: LINT_GRANT_TO_PUBLIC
CREATE TABLE statistics (id bigint PRIMARY KEY);
-- ===== migration
GRANT SELECT ON TABLE statistics TO PUBLIC;
