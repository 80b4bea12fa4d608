/** A change whose online form must end where its plain form ends. */
export interface OnlineCase {
  readonly name: string;
  /** What is there besides `SHOP`. */
  readonly before?: readonly string[];
  readonly draft: readonly string[];
  /** What the online form must say; empty: it is the plain form. */
  readonly forms: readonly RegExp[];
  /** A query whose answer must be equal. */
  readonly rows?: string;
  /** The first major that knows the statement. */
  readonly since?: number;
}

export const SHOP = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('open', 'paid');
  CREATE TABLE shop.customers (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE shop.orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint, number integer, code varchar(20), total integer DEFAULT 0,
    note text, state shop.state NOT NULL DEFAULT 'open', placed_at timestamptz NOT NULL DEFAULT now()
  );
  INSERT INTO shop.customers SELECT n, 'c' || n FROM generate_series(1, 100) n;
  INSERT INTO shop.orders (customer_id, number, code, total, note)
    SELECT n % 100 + 1, n, 'c' || n, n % 7, CASE WHEN n % 2 = 0 THEN 'even' END FROM generate_series(1, 2000) n;
`;

const CONCURRENTLY = /CREATE (UNIQUE )?INDEX CONCURRENTLY/;
const LATER = [/NOT VALID/, /VALIDATE CONSTRAINT/];
const PARTITIONED = `
  CREATE TABLE shop.events (id bigint, day date NOT NULL, kind text) PARTITION BY RANGE (day);
  CREATE TABLE shop.events_1 PARTITION OF shop.events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE shop.events_2 PARTITION OF shop.events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
  CREATE TABLE shop.events_3 (id bigint, day date NOT NULL, kind text);
  INSERT INTO shop.events SELECT n, date '2026-01-01' + n % 50, 'k' || n % 3 FROM generate_series(1, 500) n;
  INSERT INTO shop.events_3 SELECT n, date '2026-03-01' + n % 20, 'k' FROM generate_series(1, 100) n`;

export const CASES: readonly OnlineCase[] = [
  {
    name: 'an index',
    draft: [
      'CREATE INDEX idx_orders_open ON shop.orders USING btree (placed_at DESC NULLS LAST, lower(code)) INCLUDE (total) WHERE note IS NOT NULL',
    ],
    forms: [CONCURRENTLY],
  },
  {
    name: 'an unnamed index',
    draft: ['CREATE INDEX ON shop.orders (customer_id, (total + 1))'],
    forms: [CONCURRENTLY],
  },
  {
    name: 'an index that replaces one of its name',
    before: ['CREATE INDEX idx_orders_total ON shop.orders (total)'],
    draft: ['DROP INDEX shop.idx_orders_total', 'CREATE INDEX idx_orders_total ON shop.orders (total, id)'],
    forms: [CONCURRENTLY, /DROP INDEX CONCURRENTLY/, /RENAME TO "idx_orders_total"/],
  },
  {
    name: 'a dropped index',
    before: ['CREATE INDEX idx_orders_total ON shop.orders (total)'],
    draft: ['DROP INDEX shop.idx_orders_total'],
    forms: [/DROP INDEX CONCURRENTLY/],
  },
  {
    name: 'an index of a partitioned table',
    before: [PARTITIONED],
    draft: ['CREATE INDEX idx_events_kind ON shop.events (kind, day)'],
    forms: [/ON ONLY/, CONCURRENTLY, /ATTACH PARTITION/],
  },
  {
    name: 'a unique constraint',
    draft: [
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_unique UNIQUE NULLS NOT DISTINCT (number, code) INCLUDE (total)',
    ],
    forms: [CONCURRENTLY, /USING INDEX/],
  },
  {
    name: 'an unnamed deferrable unique constraint',
    draft: ['ALTER TABLE shop.orders ADD UNIQUE (number) DEFERRABLE INITIALLY DEFERRED'],
    forms: [CONCURRENTLY, /USING INDEX/],
  },
  {
    name: 'a unique constraint that replaces one of its name',
    before: ['ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number)'],
    draft: [
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_number_key',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number, code)',
    ],
    forms: [CONCURRENTLY, /USING INDEX/],
  },
  {
    name: 'another primary key, over a column that may be null',
    draft: [
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_by_number PRIMARY KEY (number, id)',
    ],
    forms: [CONCURRENTLY, /PRIMARY KEY USING INDEX/, /SET NOT NULL/],
  },
  {
    name: 'a foreign key',
    draft: [
      'ALTER TABLE shop.orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED',
    ],
    forms: LATER,
  },
  {
    name: 'a foreign key that replaces one of its name',
    before: [
      'ALTER TABLE shop.orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id)',
    ],
    draft: [
      'ALTER TABLE shop.orders DROP CONSTRAINT fk_customer',
      'ALTER TABLE shop.orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE SET NULL',
    ],
    forms: [...LATER, /RENAME CONSTRAINT/],
  },
  {
    name: 'an unnamed foreign key',
    draft: ['ALTER TABLE shop.orders ADD FOREIGN KEY (customer_id) REFERENCES shop.customers'],
    forms: LATER,
  },
  {
    name: 'a check',
    draft: ["ALTER TABLE shop.orders ADD CONSTRAINT orders_code CHECK (code LIKE 'c%')"],
    forms: LATER,
  },
  {
    name: 'a check that replaces one of its name, which says "check"',
    before: ['ALTER TABLE shop.orders ADD CONSTRAINT orders_check_total CHECK (total >= 0)'],
    draft: [
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_check_total',
      'ALTER TABLE shop.orders ADD CONSTRAINT "orders_check_total" CHECK (total >= -1)',
    ],
    forms: [...LATER, /RENAME CONSTRAINT/],
  },
  {
    name: 'checks without names',
    draft: ['ALTER TABLE shop.orders ADD CHECK (total >= 0)', 'ALTER TABLE shop.orders ADD CHECK (total < number + 7)'],
    forms: LATER,
  },
  {
    name: 'NOT NULL',
    draft: ['ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL'],
    forms: [...LATER, /SET NOT NULL/, /DROP CONSTRAINT/],
  },
  {
    name: 'several actions in one statement',
    draft: [
      'ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL, ADD COLUMN weight numeric(8, 2) DEFAULT 1.5 NOT NULL, ADD CONSTRAINT w CHECK (weight > 0)',
    ],
    forms: LATER,
    rows: 'SELECT sum(weight) FROM shop.orders',
  },
  {
    name: 'a column with a constant default',
    draft: ["ALTER TABLE shop.orders ADD COLUMN kind text DEFAULT 'a' NOT NULL"],
    forms: [],
  },
  {
    name: 'a column with a stable default',
    draft: ['ALTER TABLE shop.orders ADD COLUMN seen_at timestamptz DEFAULT now() NOT NULL'],
    forms: [],
  },
  {
    name: 'a column with a default of its own for each row',
    draft: ['ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL'],
    forms: [/SET DEFAULT/, /UPDATE/, ...LATER],
    rows: 'SELECT count(DISTINCT token)::int AS n FROM shop.orders',
  },
  {
    name: 'a column with constraints of its own',
    draft: [
      'ALTER TABLE shop.orders ADD COLUMN friend bigint CONSTRAINT fk_friend REFERENCES shop.customers (id) ON DELETE SET NULL CHECK (friend > 0) UNIQUE',
    ],
    forms: [...LATER, CONCURRENTLY, /USING INDEX/],
  },
  {
    name: 'a serial column',
    draft: ['ALTER TABLE shop.orders ADD COLUMN place bigserial'],
    forms: [/CREATE SEQUENCE/, /UPDATE/, ...LATER],
    rows: 'SELECT count(DISTINCT place)::int AS n, max(place)::int AS m FROM shop.orders',
  },
  {
    name: 'an identity column',
    draft: [
      'ALTER TABLE shop.orders ALTER COLUMN id DROP IDENTITY',
      'ALTER TABLE shop.orders ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5)',
    ],
    forms: [/CREATE SEQUENCE/, /UPDATE/, /setval/],
    rows: "SELECT count(DISTINCT place)::int AS n, max(place)::int AS m, nextval('shop.orders_place_seq')::int AS next FROM shop.orders",
  },
  {
    name: 'a refreshed materialized view',
    before: [
      'CREATE MATERIALIZED VIEW shop.totals AS SELECT customer_id, sum(total)::int AS total FROM shop.orders GROUP BY 1',
      'CREATE UNIQUE INDEX totals_key ON shop.totals (customer_id)',
      'UPDATE shop.orders SET total = 1',
    ],
    draft: ['REFRESH MATERIALIZED VIEW shop.totals'],
    forms: [/REFRESH MATERIALIZED VIEW CONCURRENTLY/],
    rows: 'SELECT sum(total)::int AS n FROM shop.totals',
  },
  {
    name: 'an attached partition',
    before: [PARTITIONED],
    draft: ["ALTER TABLE shop.events ATTACH PARTITION shop.events_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')"],
    forms: [...LATER, /ATTACH PARTITION/, /DROP CONSTRAINT/],
  },
  {
    name: 'a detached partition',
    before: [PARTITIONED],
    draft: ['ALTER TABLE shop.events DETACH PARTITION shop.events_1'],
    forms: [/DETACH PARTITION shop.events_1 CONCURRENTLY/],
  },
  {
    name: 'an enum value that is used at once',
    draft: ["ALTER TYPE shop.state ADD VALUE 'sent'", "ALTER TABLE shop.orders ALTER COLUMN state SET DEFAULT 'sent'"],
    forms: [],
  },
  {
    name: 'an UPDATE of all rows',
    draft: ["UPDATE shop.orders SET note = 'odd' WHERE note IS NULL"],
    forms: [/UPDATE/],
    rows: 'SELECT note, count(*)::int AS n FROM shop.orders GROUP BY 1 ORDER BY 1',
  },
  {
    name: 'a wider varchar, in place, with its check validated apart',
    before: [
      "ALTER TABLE shop.orders ADD CONSTRAINT orders_code CHECK (code LIKE 'c%')",
      'CREATE INDEX idx_orders_code ON shop.orders (code)',
    ],
    draft: ['ALTER TABLE shop.orders ALTER COLUMN code SET DATA TYPE text'],
    forms: [/SET DATA TYPE text/, ...LATER],
    rows: 'SELECT md5(string_agg(code, id::text)) FROM shop.orders',
  },
  {
    name: 'another type, with all that stands on the column',
    before: [
      'CREATE UNIQUE INDEX idx_orders_number ON shop.orders (number DESC, (number + 1)) INCLUDE (code) WHERE number > 0',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (code, number) DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT orders_number CHECK (number > 0 AND number + total > 0)',
      'ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL, ALTER COLUMN number SET DEFAULT 7',
      'CREATE STATISTICS shop.orders_numbers ON number, total FROM shop.orders',
      "COMMENT ON COLUMN shop.orders.number IS 'the customer''s number'",
      "COMMENT ON CONSTRAINT orders_number ON shop.orders IS 'counted from 1'",
      "COMMENT ON INDEX shop.idx_orders_number IS 'by number'",
    ],
    draft: ['ALTER TABLE shop.orders ALTER COLUMN number SET DATA TYPE bigint USING "number"::bigint'],
    forms: [/CREATE TRIGGER/, /UPDATE/, /RENAME COLUMN/, /DROP COLUMN "number_old"/],
    rows: 'SELECT sum(number)::int FROM shop.orders',
  },
  {
    name: 'another type of a column with privileges, statistics, and an index that replication and CLUSTER know rows by',
    before: [
      'ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL, ALTER COLUMN number SET STATISTICS 500, ALTER COLUMN number SET (n_distinct = -0.5)',
      'CREATE UNIQUE INDEX idx_orders_number ON shop.orders (number)',
      'ALTER TABLE shop.orders REPLICA IDENTITY USING INDEX idx_orders_number, CLUSTER ON idx_orders_number',
      'GRANT SELECT (number), UPDATE (number) ON shop.orders TO PUBLIC',
      'GRANT SELECT (number) ON shop.orders TO pg_monitor WITH GRANT OPTION',
    ],
    draft: ['ALTER TABLE shop.orders ALTER COLUMN number SET DATA TYPE bigint USING "number"::bigint'],
    forms: [/RENAME COLUMN/],
    rows: `SELECT (SELECT json_agg(x ORDER BY x::text) FROM aclexplode(a.attacl) AS x) AS acl, a.attoptions::text AS options, a.attstattarget AS target,
      (SELECT relreplident FROM pg_class WHERE oid = a.attrelid) AS identity, i.indisreplident, i.indisclustered
      FROM pg_attribute a JOIN pg_index i ON i.indexrelid = 'shop.idx_orders_number'::regclass
      WHERE a.attrelid = 'shop.orders'::regclass AND a.attname = 'number'`,
  },
  {
    name: 'a wider identity key that another table points to',
    before: [
      'CREATE TABLE shop.lines (id bigint PRIMARY KEY, order_id integer NOT NULL CONSTRAINT fk_order REFERENCES shop.orders (id) ON DELETE CASCADE, parent_id integer)',
      'INSERT INTO shop.lines SELECT n, n FROM generate_series(1, 500) n',
      "COMMENT ON CONSTRAINT fk_order ON shop.lines IS 'of the order'",
    ],
    draft: [
      'ALTER TABLE shop.orders ALTER COLUMN id SET DATA TYPE bigint',
      'ALTER TABLE shop.lines ALTER COLUMN order_id SET DATA TYPE bigint',
      'ALTER TABLE shop.lines ALTER COLUMN parent_id SET DATA TYPE bigint',
    ],
    forms: [/AS IDENTITY \(SEQUENCE NAME/, /PRIMARY KEY USING INDEX/, /fk_order_new/],
    rows: "SELECT sum(id)::int, nextval('shop.orders_id_seq')::int AS next, (SELECT sum(order_id)::int FROM shop.lines) AS lines FROM shop.orders",
  },
  {
    name: 'a wider serial key that points to itself',
    before: [
      'CREATE TABLE shop.nodes (id serial PRIMARY KEY, parent integer REFERENCES shop.nodes)',
      'INSERT INTO shop.nodes (parent) SELECT nullif(n - 1, 0) FROM generate_series(1, 300) n',
    ],
    draft: ['ALTER TABLE shop.nodes ALTER COLUMN id SET DATA TYPE bigint'],
    forms: [/OWNED BY/, /PRIMARY KEY USING INDEX/],
    rows: "SELECT sum(id)::int, nextval('shop.nodes_id_seq')::int AS next FROM shop.nodes",
  },
  {
    name: 'a text that becomes an enum, beneath a view and a policy that the draft makes anew',
    before: [
      "ALTER TABLE shop.orders ADD COLUMN kind text NOT NULL DEFAULT 'open'",
      "UPDATE shop.orders SET kind = 'paid' WHERE id % 3 = 0",
      "CREATE VIEW shop.open_orders AS SELECT id, kind FROM shop.orders WHERE kind = 'open'",
      'ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY',
      "CREATE POLICY open_only ON shop.orders USING (kind = 'open')",
    ],
    draft: [
      'DROP VIEW shop.open_orders',
      'DROP POLICY open_only ON shop.orders',
      'ALTER TABLE shop.orders ALTER COLUMN kind DROP DEFAULT',
      'ALTER TABLE shop.orders ALTER COLUMN kind SET DATA TYPE shop.state USING kind::shop.state',
      "ALTER TABLE shop.orders ALTER COLUMN kind SET DEFAULT 'open'",
      "CREATE POLICY open_only ON shop.orders USING (kind = 'open')",
      "CREATE VIEW shop.open_orders AS SELECT id, kind FROM shop.orders WHERE kind = 'open'",
    ],
    forms: [/CREATE TRIGGER[^;]*OF "kind"/],
    rows: 'SELECT kind::text, count(*)::int AS n FROM shop.orders GROUP BY 1 ORDER BY 1',
  },
  {
    name: 'a timestamp that learns its zone, by another column, past a trigger of the table',
    before: [
      "ALTER TABLE shop.orders ADD COLUMN local_at timestamp, ADD COLUMN zone text NOT NULL DEFAULT 'Europe/Rome'",
      "UPDATE shop.orders SET local_at = timestamp '2026-01-01' + id * interval '1 hour' WHERE id % 5 > 0",
      'CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total := NEW.total + 1; RETURN NEW; END $$',
      'CREATE TRIGGER touch BEFORE UPDATE OF code ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch()',
    ],
    draft: ['ALTER TABLE shop.orders ALTER local_at TYPE timestamptz USING (local_at AT TIME ZONE orders.zone)'],
    forms: [/NEW\.local_at AT TIME ZONE NEW\./],
    rows: 'SELECT count(local_at)::int AS n, min(local_at) AS first FROM shop.orders',
  },
  {
    name: 'another type with a check that the draft writes anew for it',
    before: ['ALTER TABLE shop.orders ADD CONSTRAINT orders_number CHECK (number IN (1, 2) OR number > 0)'],
    draft: [
      'ALTER TABLE shop.orders ALTER COLUMN number SET DATA TYPE bigint USING "number"::bigint',
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_number',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number CHECK (number = ANY (ARRAY[1::bigint, 2::bigint]) OR number > 0::bigint)',
    ],
    forms: [/"orders_number_new" CHECK \("number_new" = ANY \(ARRAY\[1::bigint/],
    rows: 'SELECT sum(number)::int FROM shop.orders',
  },
  {
    name: 'a renamed column',
    draft: ['ALTER TABLE shop.orders RENAME COLUMN note TO remark'],
    forms: [/CREATE TRIGGER/, /UPDATE/, /DROP COLUMN "note"/],
    rows: 'SELECT md5(string_agg(remark, id::text ORDER BY id)) FROM shop.orders',
  },
  {
    name: 'a renamed column, with all that stands on it',
    before: [
      'CREATE UNIQUE INDEX idx_orders_number ON shop.orders (number DESC, (number + 1)) INCLUDE (code) WHERE number > 0',
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (code, number) DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT orders_number CHECK (number > 0 AND number + total > 0)',
      'ALTER TABLE shop.orders ALTER COLUMN number SET NOT NULL, ALTER COLUMN number SET DEFAULT 7',
      'CREATE STATISTICS shop.orders_numbers ON number, total FROM shop.orders',
      "COMMENT ON COLUMN shop.orders.number IS 'the customer''s number'",
      "COMMENT ON CONSTRAINT orders_number ON shop.orders IS 'counted from 1'",
      "COMMENT ON CONSTRAINT orders_number_key ON shop.orders IS 'once a code'",
      "COMMENT ON INDEX shop.idx_orders_number IS 'by number'",
    ],
    draft: ['ALTER TABLE shop.orders RENAME COLUMN number TO "orderNumber"'],
    forms: [/CREATE TRIGGER/, /UPDATE/, ...LATER, CONCURRENTLY, /DROP COLUMN "number"/],
    rows: 'SELECT sum("orderNumber")::int FROM shop.orders',
  },
  {
    name: 'a renamed identity key that another table points to',
    before: [
      'CREATE TABLE shop.lines (id bigint PRIMARY KEY, order_id integer NOT NULL CONSTRAINT fk_order REFERENCES shop.orders (id) ON DELETE CASCADE)',
      'INSERT INTO shop.lines SELECT n, n FROM generate_series(1, 500) n',
      "COMMENT ON CONSTRAINT fk_order ON shop.lines IS 'of the order'",
    ],
    draft: ['ALTER TABLE shop.orders RENAME COLUMN id TO order_id'],
    forms: [/AS IDENTITY \(SEQUENCE NAME/, /PRIMARY KEY USING INDEX/, /fk_order_twin/],
    rows: "SELECT sum(order_id)::int, nextval('shop.orders_id_seq')::int AS next, (SELECT sum(order_id)::int FROM shop.lines) AS lines FROM shop.orders",
  },
  {
    name: 'two renamed columns, with keys over both and a check and names that the draft writes anew',
    before: [
      'ALTER TABLE shop.orders ADD CONSTRAINT orders_number_code_key UNIQUE (number, code), ADD CONSTRAINT k CHECK (number > 0)',
      'CREATE INDEX idx_orders_number ON shop.orders (number)',
    ],
    draft: [
      'ALTER TABLE shop.orders RENAME COLUMN number TO no',
      'ALTER TABLE shop.orders RENAME COLUMN code TO label',
      'ALTER TABLE shop.orders DROP CONSTRAINT k, ADD CONSTRAINT k CHECK (no > 0)',
      'ALTER TABLE shop.orders RENAME CONSTRAINT orders_number_code_key TO orders_no_label_key',
      'ALTER INDEX shop.idx_orders_number RENAME TO idx_orders_no',
      'ALTER TABLE shop.orders ALTER COLUMN no SET DEFAULT 3',
    ],
    forms: [/DROP COLUMN "number"/, /DROP COLUMN "code"/],
    rows: 'SELECT sum(no)::int, md5(string_agg(label, id::text ORDER BY id)) FROM shop.orders',
  },
  {
    name: 'a renamed column beneath a view that the draft makes anew',
    before: ['CREATE VIEW shop.notes AS SELECT id, note FROM shop.orders'],
    draft: [
      'DROP VIEW shop.notes',
      'ALTER TABLE shop.orders RENAME COLUMN note TO remark',
      'CREATE VIEW shop.notes AS SELECT id, remark FROM shop.orders',
    ],
    forms: [/CREATE TRIGGER/, /DROP COLUMN "note"/],
    rows: 'SELECT md5(string_agg(remark, id::text ORDER BY id)) FROM shop.notes',
  },
  {
    name: 'a renamed table, and one of its columns',
    before: ["COMMENT ON TABLE shop.orders IS 'of customers'"],
    draft: ['ALTER TABLE shop.orders RENAME TO purchases', 'ALTER TABLE shop.purchases RENAME COLUMN note TO remark'],
    forms: [/CREATE VIEW "shop"."orders" WITH \(security_invoker = true\)/, /DROP VIEW/, /DROP COLUMN "note"/],
    rows: 'SELECT md5(string_agg(remark, id::text ORDER BY id)) FROM shop.purchases',
  },
  {
    name: 'a renamed column of a type that has no equality',
    before: [
      'ALTER TABLE shop.orders ADD COLUMN data json',
      "UPDATE shop.orders SET data = json_build_object('n', number)",
    ],
    draft: ['ALTER TABLE shop.orders RENAME COLUMN data TO facts'],
    forms: [/DROP COLUMN "data"/],
    rows: 'SELECT md5(string_agg(facts::text, id::text ORDER BY id)) FROM shop.orders',
  },
  {
    name: 'a renamed column that a policy reads, which the draft writes anew',
    before: [
      'ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY own ON shop.orders USING (customer_id = 1)',
      'CREATE POLICY all_of_them ON shop.orders USING (customer_id > 0)',
    ],
    draft: [
      'ALTER TABLE shop.orders RENAME COLUMN customer_id TO member_id',
      'ALTER POLICY own ON shop.orders USING (member_id = 1)',
      'DROP POLICY all_of_them ON shop.orders',
    ],
    forms: [/DROP COLUMN "customer_id"/],
  },
];
