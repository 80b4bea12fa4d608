-- hazards: LINT_UNIQUE_ON_ROWS
CREATE TABLE subscribers (id bigint PRIMARY KEY, mail text);
-- ===== migration
CREATE UNIQUE INDEX CONCURRENTLY subscribers_mail ON subscribers (mail);
