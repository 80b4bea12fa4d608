-- harmless
-- ===== migration
CREATE TABLE authors (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  born_on date
);
CREATE TABLE books (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author_id bigint NOT NULL REFERENCES authors (id) ON DELETE CASCADE,
  isbn text NOT NULL UNIQUE,
  pages integer CHECK (pages > 0),
  meta jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX books_author ON books (author_id);
COMMENT ON TABLE books IS 'One row per edition';
