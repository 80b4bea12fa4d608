-- hazards: LINT_INTEGER_KEY
-- ===== migration
CREATE TABLE orders (id integer NOT NULL, total numeric);
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
