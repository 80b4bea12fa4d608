/** What the cases of the rules stand on: tables that are in use, and have rows. */
export const FIXTURE = `
CREATE SCHEMA app;
CREATE TYPE app.order_status AS ENUM ('new', 'paid', 'sent');
CREATE TABLE app.users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  name varchar(50),
  age integer,
  nickname text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_age_check CHECK (age > 0)
);
CREATE UNIQUE INDEX idx_users_email ON app.users (email);
CREATE TABLE app.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL,
  parent_id bigint,
  status app.order_status NOT NULL DEFAULT 'new',
  total_cents integer NOT NULL,
  price numeric(10, 2),
  note text,
  placed_at timestamptz,
  CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES app.users (id)
);
CREATE INDEX idx_orders_user ON app.orders (user_id);
CREATE INDEX idx_orders_status ON app.orders (status, placed_at);
CREATE TABLE app.tags (name text, color text);
CREATE UNIQUE INDEX idx_tags_name ON app.tags (name);
CREATE TABLE app.events (id bigint NOT NULL, at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_2027 (id bigint NOT NULL, at timestamptz NOT NULL, kind text);
CREATE TABLE app.logs (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.logs_rest PARTITION OF app.logs DEFAULT;
CREATE TABLE app.tenants (id bigint PRIMARY KEY, name text NOT NULL);
ALTER TABLE app.tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_own ON app.tenants USING (id > 0);
CREATE MATERIALIZED VIEW app.order_totals AS SELECT user_id, sum(total_cents) AS total FROM app.orders GROUP BY user_id;
CREATE UNIQUE INDEX idx_order_totals_user ON app.order_totals (user_id);
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION app.user_age(wanted bigint) RETURNS integer LANGUAGE sql STABLE AS $$ SELECT age FROM app.users WHERE id = wanted $$;
CREATE SEQUENCE app.invoice_numbers;
CREATE DOMAIN app.slug AS text;
`;
