import { createTestDatabase, type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { defineRow } from '../harness/row.ts';
import { defineVariant, type Variant } from '../harness/variant.ts';
import { connectControl } from '../support/connect-control.ts';
import { withConnection } from '../support/connection.ts';
import { serverVersion } from '../support/server-version.ts';
import { type Library, libraries, OURS, type Queries, type Query, RAW } from './p7/libraries.ts';
import { createTables, ROWS } from './p7/tables.ts';

const CPU = 'client CPU';
const TIMES_RAW_MAX = 1.1;
const QUERIES: readonly Query[] = ['point', 'range', 'join', 'insert'];
const IN_FLIGHT = [1, 16, 64] as const;
const CONNECTIONS_MAX = 16;
/** Operations of one run: enough that a run takes some 100 ms. */
const OPERATIONS = { 1: 400, 16: 2_000, 64: 2_000 } as const;

interface Shared extends AsyncDisposable {
  readonly server: LocalPostgres;
  /** One pool for each library and number of connections, for all queries. */
  readonly queries: (library: Library, connections: number) => Queries;
  readonly serverVersion: string;
}

const nameOf = (library: string, query: Query, inFlight: number) => `${library}, ${query}, ${inFlight} in flight`;
const cells = QUERIES.flatMap((query) => IN_FLIGHT.map((inFlight) => ({ query, inFlight })));

/** What a query builder costs an application above the raw driver. */
export const queryBuilder = defineRow({
  id: 'P7',
  title: 'Query builder against the raw driver',
  target: `≤ ${TIMES_RAW_MAX} × postgres.js, in time and in client CPU, for ordinary builder calls without .prepare()`,
  units: { [CPU]: 'µs' },
  setup: open,
  facts: (shared: Shared) => [
    `PostgreSQL ${shared.serverVersion}, embedded binaries, fsync off; ${Object.entries(ROWS)
      .map(([table, rows]) => `${rows.toLocaleString('en')} ${table}`)
      .join(', ')}.`,
    `A pool of as many connections as are in flight, ${CONNECTIONS_MAX} at most. Time and CPU are of one operation.`,
  ],
  control: connectControl(({ server }: Shared) => server),
  variants: cells.flatMap(({ query, inFlight }) => libraries.map((library) => asks(library, query, inFlight))),
  bounds: [],
  ratios: cells.flatMap(({ query, inFlight }) =>
    libraries
      .filter(({ name }) => name !== RAW)
      .flatMap(({ name }) =>
        ['ms', CPU].map((figure) => ({
          of: nameOf(name, query, inFlight),
          to: nameOf(RAW, query, inFlight),
          figure,
          ...(name === OURS && { limit: { max: TIMES_RAW_MAX } }),
        })),
      ),
  ),
});

async function open(): Promise<Shared> {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startPostgres({ source: 'embedded' }));
  const database = await createTestDatabase(undefined, { server: server.url });
  opening.defer(() => database.drop());
  await withConnection(database.url, createTables);
  const version = await serverVersion(server.url);
  const opened = new Map<string, Queries>();
  const queries = (library: Library, connections: number) => {
    const name = `${library.name} ${connections}`;
    const known = opened.get(name) ?? library.open(database.url, connections);
    opened.set(name, known);
    return known;
  };
  opening.defer(async () => void (await Promise.all([...opened.values()].map((each) => each.close()))));
  const stack = opening.move();
  return { server, queries, serverVersion: version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function asks(library: Library, query: Query, inFlight: (typeof IN_FLIGHT)[number]): Variant<Shared> {
  const operations = OPERATIONS[inFlight];
  return defineVariant({
    name: nameOf(library.name, query, inFlight),
    about: library.about,
    operations,
    setup: async (shared: Shared) => {
      const queries = shared.queries(library, Math.min(inFlight, CONNECTIONS_MAX));
      const expected = { point: 1, range: 20, join: 2, insert: 1 }[query];
      const rows = await queries[query](7);
      if (rows.length !== expected)
        throw new Error(`${library.name}, ${query}: expected ${expected} rows, got ${rows.length}`);
      return queries;
    },
    run: async (queries) => {
      const before = process.cpuUsage();
      let left = operations;
      const lane = async () => {
        for (; left > 0; left -= 1) await queries[query](1 + ((left * 7_919) % ROWS.users));
      };
      await Promise.all(Array.from({ length: inFlight }, lane));
      const { user, system } = process.cpuUsage(before);
      return { [CPU]: (user + system) / operations };
    },
  });
}
