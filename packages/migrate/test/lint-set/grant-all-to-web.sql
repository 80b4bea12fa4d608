-- hazards: LINT_GRANT_ALL
CREATE TABLE statistics (id bigint PRIMARY KEY);
-- ===== migration
GRANT ALL PRIVILEGES ON statistics TO webuser;
