import { createTestDatabase, type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { backupMegabytes } from '../../env.ts';
import { withConnection } from '../../support/connection.ts';
import { createOneDomain } from '../../support/one-domain.ts';
import { serverVersion } from '../../support/server-version.ts';

export const SCHEMA = 'shop';

/** What the variants share: a filled database, and a project that knows its history. */
export interface Scene extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  /** The filled database. */
  readonly url: string;
  /** Of all tables with their indexes, in bytes. */
  readonly bytes: number;
  readonly rows: number;
  /** Folder for what is written. */
  readonly folder: string;
  /** Runs the command line on the project. */
  readonly db: (...args: readonly string[]) => Promise<string>;
}

/** Orders as shops have them: an identity, a key to their customer, times, money, text, a document; four indexes. */
const MIGRATION = `CREATE SCHEMA ${SCHEMA};
--> statement-breakpoint
CREATE TABLE ${SCHEMA}.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, created_at timestamptz NOT NULL);
--> statement-breakpoint
CREATE TABLE ${SCHEMA}.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES ${SCHEMA}.customers (id),
  public_id uuid NOT NULL, state text NOT NULL, cents integer NOT NULL, note text, document jsonb NOT NULL, created_at timestamptz NOT NULL);
--> statement-breakpoint
CREATE INDEX orders_customer_id ON ${SCHEMA}.orders (customer_id);
--> statement-breakpoint
CREATE INDEX orders_created_at ON ${SCHEMA}.orders (created_at);
--> statement-breakpoint
CREATE UNIQUE INDEX orders_public_id ON ${SCHEMA}.orders (public_id);
`;

/** Bytes of one order in its table and its indexes, about. */
const ORDER_BYTES = 320;
const ORDERS_PER_CUSTOMER = 20;

function rowsFor(orders: number): readonly string[] {
  const customers = Math.ceil(orders / ORDERS_PER_CUSTOMER);
  return [
    `INSERT INTO ${SCHEMA}.customers (email, created_at) SELECT 'customer-' || n || '@example.org', timestamptz '2026-01-01' + n * interval '1 minute'
     FROM generate_series(1, ${customers}) n`,
    `INSERT INTO ${SCHEMA}.orders (customer_id, public_id, state, cents, note, document, created_at)
     SELECT 1 + n % ${customers}, md5(n::text)::uuid, (ARRAY['new', 'paid', 'sent'])[1 + n % 3], n % 100000,
       CASE WHEN n % 4 > 0 THEN 'note ' || md5(n::text) || ' ' || md5((n + 1)::text) END,
       jsonb_build_object('lines', n % 7, 'coupon', md5((n + 2)::text), 'gift', n % 2 = 0), timestamptz '2026-01-01' + n * interval '1 second'
     FROM generate_series(1, ${orders}) n`,
    'ANALYZE',
  ];
}

/** Starts a server that the pg_dump of this machine can dump, and fills a database. */
export async function openScene(major: number): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const version = ([15, 16, 17] as const).find((known) => known === major) ?? 18;
  const server = opening.use(await startPostgres({ source: 'embedded', version }));
  const { folder, db } = opening.use(await createOneDomain(SCHEMA, MIGRATION));
  const { url } = opening.use(await createTestDatabase(undefined, { server: server.url }));
  await db('migrate', '--url', url);
  const size = await withConnection(url, async (sql) => {
    for (const statement of rowsFor(Math.round((backupMegabytes() * 1e6) / ORDER_BYTES))) await sql.unsafe(statement);
    const [row] = await sql<{ bytes: string; rows: string }[]>`
      SELECT sum(pg_total_relation_size(oid)) AS bytes, (SELECT count(*) FROM ${sql(SCHEMA)}.orders) + (SELECT count(*) FROM ${sql(SCHEMA)}.customers) AS rows FROM pg_class
      WHERE relnamespace = ${SCHEMA}::regnamespace AND relkind = 'r'`;
    return { bytes: Number(row?.bytes), rows: Number(row?.rows) };
  });
  const stack = opening.move();
  return {
    ...{ server, serverVersion: await serverVersion(server.url), url, ...size, folder, db },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
