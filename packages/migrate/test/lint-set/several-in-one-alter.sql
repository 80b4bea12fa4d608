-- hazards: LINT_COLUMN_NOT_NULL, LINT_FOREIGN_KEY_VALIDATES, LINT_FOREIGN_KEY_NO_INDEX, LINT_COLUMN_DROPPED
CREATE TABLE depots (id bigint PRIMARY KEY);
CREATE TABLE trucks (id bigint PRIMARY KEY, plate text, garage text);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE trucks
  ADD COLUMN depot_id bigint NOT NULL,
  DROP COLUMN garage,
  ADD CONSTRAINT trucks_depot FOREIGN KEY (depot_id) REFERENCES depots (id);
