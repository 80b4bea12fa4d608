import { type LocalPostgres, startPostgres } from '@repo/local-postgres';
import { compareCatalogs, readCatalog } from '@repo/migrate';
import { withConnection } from '../../support/connection.ts';
import { DOMAINS, migratedTemplate, migrateInProcess, migrationTexts } from '../../support/migrations.ts';
import { withDatabase } from './with-database.ts';

/** The servers that the variants share, both with the template of five domains on them. */
export interface Servers extends AsyncDisposable {
  /** Embedded, fsync off: what tests get. */
  readonly throwaway: LocalPostgres;
  /** Embedded, every commit on the disk: what development data gets. */
  readonly durable: LocalPostgres;
  readonly serverVersion: string;
  readonly tables: number;
}

/** Starts both servers, builds the template on each, and proves that the two ways of migrating give one catalog. */
export async function startServers(): Promise<Servers> {
  await using starting = new AsyncDisposableStack();
  const throwaway = starting.use(await startPostgres({ source: 'embedded' }));
  const durable = starting.use(await startPostgres({ source: 'embedded', durable: true }));
  await withDatabase(durable, migratedTemplate, async () => undefined);
  const tables = await withDatabase(throwaway, migratedTemplate, async (cloned) =>
    withDatabase(throwaway, undefined, async (fresh) => {
      await migrateInProcess(fresh);
      return countTables(await catalogOf(cloned), await catalogOf(fresh));
    }),
  );
  const serverVersion = await withConnection(throwaway.url, async (sql) => {
    const [row] = await sql<{ server_version: string }[]>`show server_version`;
    return row?.server_version ?? '';
  });
  const stack = starting.move();
  return { throwaway, durable, serverVersion, tables, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

export function facts({ serverVersion, tables }: Servers): readonly string[] {
  const migrations = DOMAINS.flatMap((domain) => migrationTexts(domain)).length;
  return [
    `PostgreSQL ${serverVersion}, embedded binaries; fsync off unless the way says durable.`,
    `The real five domains: ${DOMAINS.length} schemas, ${migrations} migrations, ${tables} tables, views and materialized views.`,
  ];
}

const catalogOf = (url: string) => withConnection(url, (sql) => readCatalog(sql, DOMAINS));

function countTables(...[left, right]: [Awaited<ReturnType<typeof catalogOf>>, Awaited<ReturnType<typeof catalogOf>>]) {
  const [first] = compareCatalogs(left, right);
  if (first !== undefined) throw new Error(`migrating in process and by the command line differ: ${first.object}`);
  return [...left.keys()].filter((identity) => identity.startsWith('relation ')).length;
}
