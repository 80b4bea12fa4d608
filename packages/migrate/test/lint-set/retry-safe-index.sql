-- hazards: LINT_INDEX_IF_NOT_EXISTS
CREATE TABLE mails (id bigint PRIMARY KEY, subject text);
-- ===== migration
CREATE INDEX CONCURRENTLY IF NOT EXISTS mails_subject_trgm ON mails USING gin (subject gin_trgm_ops);
