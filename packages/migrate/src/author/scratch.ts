import { createTestDatabase, type PostgresVersion, startPostgres, type TestDatabase } from '@repo/local-postgres';
import type { Sql } from 'postgres';
import { openSession, type Session } from '../connect/session.ts';
import { parseTarget, type Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { StatementRefused } from './statement-refused.ts';

/** Throw-away databases on a server of their own, or on the one that was given. They are dropped while the work goes on; disposal waits
 *  for the last one. */
export interface Scratch extends AsyncDisposable {
  /** Major version of the server. */
  version(): Promise<number>;
  /** An empty database in which the texts were run one by one, as the server's superuser or owner; each is a statement, or several that
   *  are one transaction. */
  build(texts: readonly string[]): Promise<TestDatabase>;
  /** A copy with its rows; nobody may be connected to the original. */
  copy(original: TestDatabase): Promise<TestDatabase>;
}

/** Opens the scratch server: the given one, or a local one, of the newest version unless said, that ends with it. `talk` is told which.
 *  It starts while the caller goes on; who first needs it is told when it does not. */
export async function openScratch(
  url: string | undefined,
  talk: (line: string) => void,
  version?: PostgresVersion,
): Promise<Scratch> {
  const say = (line: string) => talk(`local-postgres: ${line}`);
  const starting = startPostgres({
    ...(url === undefined ? {} : { url }),
    ...(version === undefined ? {} : { version }),
    say,
  });
  starting.catch(() => {});
  const drops: Promise<void>[] = [];
  /** Those that nobody has dropped yet, and that are being made. */
  const open = new Set<Promise<TestDatabase>>();
  let isClosed = false;
  const database = async (from?: string): Promise<TestDatabase> => {
    const { url: server } = await starting;
    // Whoever goes on behind an interruption would leave it there.
    if (isClosed) throw new Error('the scratch server is given back');
    const making = createTestDatabase(undefined, { server, ...(from !== undefined && { from }) });
    open.add(making);
    const made = await making;
    const drop = async () => {
      open.delete(making);
      const dropping = made.drop();
      dropping.catch(() => {});
      drops.push(dropping);
    };
    return { ...made, drop, [Symbol.asyncDispose]: drop };
  };
  return {
    version: async () => (await starting).version,
    build: async (texts) => {
      const built = await database();
      await run(built.url, texts);
      return built;
    },
    copy: ({ name }) => database(name),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const server = await starting.catch(() => undefined);
      try {
        const left = [...open].map((making) => making.then((made) => made.drop()).catch(() => {}));
        await Promise.all([...drops, ...left]);
      } finally {
        await server?.stop();
      }
    },
  };
}

/** The same databases, where some copies of one have begun already, in which nobody is connected; with it go those that nobody took. */
export function copiesAhead(scratch: Scratch, original: TestDatabase, count: number): Scratch {
  const ready = Array.from({ length: count }, () => scratch.copy(original));
  for (const copy of ready) copy.catch(() => {});
  return {
    ...scratch,
    copy: (wanted) => (wanted.name === original.name ? ready.shift() : undefined) ?? scratch.copy(wanted),
    [Symbol.asyncDispose]: async () => {
      for (const copy of ready) await (await copy.catch(() => undefined))?.drop();
    },
  };
}

/** As `openScratch`, for who may need none: the server is started by whoever first asks for it. */
export function scratchWhenNeeded(url: string | undefined, talk: (line: string) => void): Scratch {
  let opened: Promise<Scratch> | undefined;
  const scratch = () => {
    opened ??= openScratch(url, talk);
    return opened;
  };
  return {
    version: async () => (await scratch()).version(),
    build: async (texts) => (await scratch()).build(texts),
    copy: async (original) => (await scratch()).copy(original),
    [Symbol.asyncDispose]: async () => (await opened)?.[Symbol.asyncDispose](),
  };
}

/** A copy of a whole database on its own server, by CREATE DATABASE … TEMPLATE. It goes with its last user, and where that is killed with
 *  the next run.
 *  @throws {LocalPostgresError} LP_DATABASE_REFUSED whose cause has the server's SQLSTATE */
export async function cloneDatabase({ url, database }: Pick<Target, 'url' | 'database'>): Promise<TestDatabase> {
  return await createTestDatabase(undefined, { server: url, from: database });
}

/** A history as texts for `Scratch.build`: a migration each, or a statement where it must run alone. */
export function textsOf(migrations: readonly ParsedMigration[]): readonly string[] {
  return migrations.flatMap(({ header, statements }) => {
    const texts = statements.map(({ text }) => text);
    return header.noTransaction ? texts : [texts.join('\n;\n')];
  });
}

/** A session in a scratch database, which needs no promise after a power cut, and whose many small queries no compiler. */
export async function openScratchSession(url: string): Promise<Session> {
  const session = await openSession(parseTarget(url, 'scratch'), { app: 'db generate' });
  await session.sql.unsafe('SET synchronous_commit = off; SET jit = off');
  return session;
}

/** Runs statements one by one, outside any transaction.
 *  @throws {DbError} DB_GENERATE with the statement that the scratch server refused */
export async function run(url: string, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return;
  await using session = await openScratchSession(url);
  await runIn(session.sql, statements);
}

/** As `run`, in a session or transaction that is there. */
export async function runIn(sql: Pick<Sql, 'unsafe'>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    await sql.unsafe(statement).catch((cause: unknown) => {
      throw scratchError(cause, statement);
    });
  }
}

/** Runs a file as it is applied: in one transaction, or in steps outside any.
 *  @throws {DbError} DB_GENERATE with the statement that the scratch server refused */
export async function applyIn(
  sql: Sql,
  { statements, noTransaction }: { readonly statements: readonly string[]; readonly noTransaction: boolean },
): Promise<void> {
  if (noTransaction) return await runIn(sql, statements);
  await sql
    .begin((tx) => runIn(tx, statements))
    .catch((error: unknown) => {
      throw error instanceof DbError ? error : scratchError(error, 'COMMIT');
    });
}

/** What the scratch server refused, with the statement. */
function scratchError(cause: unknown, statement: string): DbError {
  const why = `${cause instanceof Error ? cause.message : String(cause)}\n  ${lineAt(statement, cause)}`;
  const facts = { why, sqlState: sqlStateOf(cause), changed: 'nothing was written' };
  return new DbError('DB_GENERATE', facts, { cause: new StatementRefused(statement, cause) });
}

/** The line at which the server stumbled, or the first one. */
function lineAt(text: string, cause: unknown): string {
  const position = Number((cause as { readonly position?: unknown } | undefined)?.position ?? 1);
  const start = text.lastIndexOf('\n', position - 2) + 1;
  return (text.slice(start).split('\n', 1)[0] ?? '').trim();
}
