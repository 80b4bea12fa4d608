-- hazards: LINT_SERIAL, LINT_INTEGER_KEY, LINT_CHAR, LINT_VARCHAR, LINT_TIMESTAMP
-- ===== migration
CREATE TABLE customers (
  id serial PRIMARY KEY,
  country char(2) NOT NULL,
  name varchar(120) NOT NULL,
  created timestamp DEFAULT now()
);
