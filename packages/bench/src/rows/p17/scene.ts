import { createTestDatabase, type DatabaseTemplate, type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { withConnection } from '../../support/connection.ts';
import { createOneDomain } from '../../support/one-domain.ts';
import { serverVersion } from '../../support/server-version.ts';

export const ROWS = 1_000_000;

/** As the old application made it, with a million rows in each table. */
export const legacy: DatabaseTemplate = {
  name: `bench: a legacy shop of ${ROWS} orders`,
  build: (url) =>
    withConnection(url, async (sql) => {
      await sql.unsafe(`
        CREATE TABLE customers (id serial PRIMARY KEY, email text, name varchar(200), created_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id), state text NOT NULL DEFAULT 'new',
          cents integer NOT NULL DEFAULT 0, note text, document json NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT now());
        INSERT INTO customers (email, name, created_at) SELECT 'customer-' || n || '@example.org', 'name ' || md5(n::text), timestamptz '2026-01-01' + n * interval '1 minute'
          FROM generate_series(1, ${ROWS}) n;
        INSERT INTO orders (customer_id, state, cents, note, document, created_at) SELECT 1 + n % ${ROWS}, (ARRAY['new', 'paid', 'sent'])[1 + n % 3], n % 100000,
          'note ' || md5(n::text), json_build_object('lines', n % 7, 'coupon', md5(n::text)), timestamptz '2026-01-01' + n * interval '1 second'
          FROM generate_series(1, ${ROWS}) n;
        CREATE INDEX orders_by_customer ON orders (customer_id);
        CREATE UNIQUE INDEX customers_email ON customers (email);
      `);
      await sql.unsafe('VACUUM ANALYZE customers, orders');
    }),
};

const MIGRATION = `CREATE SCHEMA shop;
--> statement-breakpoint
CREATE TABLE shop.customers (id bigserial PRIMARY KEY, email text NOT NULL, name text, note text, created_at timestamptz NOT NULL DEFAULT now());
--> statement-breakpoint
CREATE UNIQUE INDEX idx_customers_email ON shop.customers (email);
--> statement-breakpoint
CREATE TABLE shop.orders (id bigserial PRIMARY KEY, customer_id integer NOT NULL CONSTRAINT orders_customer_id_fkey REFERENCES shop.customers (id) ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'new', cents integer NOT NULL DEFAULT 0 CONSTRAINT orders_cents_check CHECK (cents >= 0), note text,
  document jsonb NOT NULL DEFAULT '{}', created_at timestamptz NOT NULL DEFAULT now());
--> statement-breakpoint
CREATE INDEX idx_orders_customer_id ON shop.orders (customer_id);
--> statement-breakpoint
CREATE INDEX idx_orders_created_at ON shop.orders (created_at);
`;

/** What the variants share. */
export interface Scene extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  /** Of both tables with their indexes. */
  readonly bytes: number;
  /** Runs the command line on the project. */
  readonly db: (...args: readonly string[]) => Promise<string>;
}

/** Starts a server that the pg_dump of this machine can dump. */
export async function openScene(major: number): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const version = ([15, 16, 17] as const).find((known) => known === major) ?? 18;
  const server = opening.use(await startPostgres({ source: 'embedded', version }));
  const { db } = opening.use(await createOneDomain('shop', MIGRATION));
  await using built = await createTestDatabase(legacy, { server: server.url });
  const bytes = await withConnection(built.url, async (sql) => {
    const [row] = await sql`SELECT pg_total_relation_size('orders') + pg_total_relation_size('customers') AS bytes`;
    return Number(row?.['bytes']);
  });
  const stack = opening.move();
  return {
    ...{ server, bytes, db, serverVersion: await serverVersion(server.url) },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
