-- hazards: LINT_CONSTRAINT_DROPPED
CREATE TABLE authors (id bigint PRIMARY KEY);
CREATE TABLE books (id bigint PRIMARY KEY, author_id bigint NOT NULL, CONSTRAINT books_author FOREIGN KEY (author_id) REFERENCES authors (id));
CREATE INDEX books_by_author ON books (author_id);
-- ===== migration
SET lock_timeout = '2s';
ALTER TABLE books DROP CONSTRAINT books_author;
