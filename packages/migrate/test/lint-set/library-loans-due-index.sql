-- hazards: LINT_INDEX_BLOCKS
CREATE TABLE loans (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  copy_id bigint NOT NULL,
  borrower_id bigint NOT NULL,
  due_on date NOT NULL,
  returned_at timestamptz
);
-- ===== migration
SET lock_timeout = '1s';
CREATE INDEX loans_open_due ON loans USING btree (due_on) WHERE returned_at IS NULL;
