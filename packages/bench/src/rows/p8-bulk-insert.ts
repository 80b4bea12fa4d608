import { createTestDatabase, type LocalPostgres, startPostgres, type TestDatabase } from '@repo/local-postgres';
import postgres, { type Sql } from 'postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { withConnection } from '../support/connection.ts';
import { serverVersion } from '../support/server-version.ts';
import { COPY, CREATE, makeRows, OURS, type Writer, writers } from './p8/writers.ts';

const TIMES_COPY_MAX = 1.1;
const SIZES = [100, 1_000, 10_000, 100_000, 1_000_000] as const;
/** The rest take minutes for more. */
const PEERS_ROWS_MAX = 10_000;

interface Shared extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly database: TestDatabase;
  readonly serverVersion: string;
}

const nameOf = (writer: string, rows: number) => `${writer}, ${rows.toLocaleString('en')} rows`;
const sizesOf = ({ name }: Writer) => SIZES.filter((rows) => rows <= PEERS_ROWS_MAX || name === COPY || name === OURS);

/** What it costs to bring many rows in. */
export const bulkInsert = defineRow({
  id: 'P8',
  title: 'Bulk insert',
  target: `≤ ${TIMES_COPY_MAX} × COPY for insertMany, with RETURNING and ON CONFLICT, from 100 to 1,000,000 rows`,
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off. Five columns, one of them jsonb, some 150 bytes a row.`,
    'The rows are JavaScript objects in memory; making text of them is part of every way. The table is emptied before each run.',
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: writers.flatMap((writer) => sizesOf(writer).map((rows) => writes(writer, rows))),
  bounds: [],
  ratios: writers
    .filter(({ name }) => name !== COPY)
    .flatMap((writer) =>
      sizesOf(writer).map((rows) => ({
        of: nameOf(writer.name, rows),
        to: nameOf(COPY, rows),
        ...(writer.name.startsWith(OURS) && { limit: { max: TIMES_COPY_MAX } }),
      })),
    ),
});

async function open(): Promise<Shared> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const database = await createTestDatabase(undefined, { server: server.url });
  opening.defer(() => database.drop());
  await withConnection(database.url, (sql) => sql.unsafe(CREATE));
  const version = await serverVersion(server.url);
  const stack = opening.move();
  return { server, database, serverVersion: version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function writes(writer: Writer, count: number): Variant<Shared> {
  return defineVariant({
    name: nameOf(writer.name, count),
    about: writer.about,
    setup: async ({ database }: Shared) => {
      const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
      return { sql, opened: writer.open(database.url) };
    },
    prepare: async ({ sql }) => void (await sql`TRUNCATE measures`),
    run: async ({ sql, opened }) => {
      await opened.write(makeRows(count));
      await requireRows(sql, count);
      return undefined;
    },
    teardown: async ({ sql, opened }) => {
      await opened.close();
      await sql.end();
    },
  });
}

async function requireRows(sql: Sql, count: number): Promise<void> {
  const [row] = await sql<{ rows: number }[]>`SELECT count(*)::int AS rows FROM measures`;
  if (row?.rows !== count) throw new Error(`expected ${count} rows, found ${row?.rows}`);
}
