import { createTestDatabase, startPostgres, type TestDatabase } from '@repo/local-postgres';
import { openSession } from '../connect/session.ts';
import { parseTarget, type Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';

/** Throw-away databases on a server of their own, or on the one that was given. */
export interface Scratch extends AsyncDisposable {
  /** An empty database in which the statements were run one by one, as the server's superuser or owner. */
  build(statements: readonly string[]): Promise<TestDatabase>;
}

/** Opens the scratch server: the given one, or a local one that ends with it. `talk` is told which. */
export async function openScratch(url: string | undefined, talk: (line: string) => void): Promise<Scratch> {
  const say = (line: string) => talk(`local-postgres: ${line}`);
  const server = await startPostgres({ ...(url === undefined ? {} : { url }), say });
  return {
    build: async (statements) => {
      const database = await createTestDatabase(undefined, { server: server.url });
      await run(database.url, statements);
      return database;
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** A copy of a whole database on its own server, by CREATE DATABASE … TEMPLATE. It goes with its last user, and where that is killed with
 *  the next run.
 *  @throws {LocalPostgresError} LP_DATABASE_REFUSED whose cause has the server's SQLSTATE */
export async function cloneDatabase({ url, database }: Pick<Target, 'url' | 'database'>): Promise<TestDatabase> {
  return await createTestDatabase(undefined, { server: url, from: database });
}

/** Runs statements one by one, outside any transaction.
 *  @throws {DbError} DB_GENERATE with the statement that the scratch server refused */
export async function run(url: string, statements: readonly string[]): Promise<void> {
  await using session = await openSession(parseTarget(url, 'scratch'), { app: 'db generate' });
  for (const statement of statements) {
    await session.sql.unsafe(statement).catch((cause: unknown) => {
      const why = `${cause instanceof Error ? cause.message : String(cause)}\n  ${statement.split('\n', 1)[0]}`;
      throw new DbError('DB_GENERATE', { why, sqlState: sqlStateOf(cause), changed: 'nothing was written' }, { cause });
    });
  }
}
