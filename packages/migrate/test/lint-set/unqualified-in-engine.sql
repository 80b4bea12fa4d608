-- hazards: LINT_NAME_QUALIFIED
-- runner: engine
CREATE TABLE app.posts (id bigint PRIMARY KEY);
-- ===== migration
ALTER TABLE posts ADD COLUMN pinned boolean NOT NULL DEFAULT false;
