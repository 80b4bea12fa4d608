import postgres, { type Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import { ownSettings } from './own-settings.ts';
import { withOwnTransactions } from './own-transactions.ts';
import { poolerStandsBetween, requireOwnBackend } from './pooler.ts';
import { driverAddress, type Target } from './target.ts';

/** One pinned server session. Once it is lost, every further query fails: the driver would quietly open another one, where the locks
 *  are gone. `alive()` says so before each step. */
export interface Session extends AsyncDisposable {
  readonly sql: Sql;
  readonly target: Target;
  readonly serverVersion: number;
  /** How long the server lets sessions wait for each other before it looks for a deadlock, in milliseconds. */
  readonly deadlockTimeoutMs: number;
  /** @throws {DbError} DB_CONNECTION_LOST once the server has closed the session. */
  alive(): void;
}

export interface SessionOptions {
  /** application_name, shown to whoever waits for us. */
  readonly app: string;
  readonly readOnly?: boolean;
}

/** Opens one session and proves it by a query.
 *  @throws {DbError} DB_UNREACHABLE, DB_AUTH, DB_NO_DATABASE, DB_FULL, DB_NOT_READY, DB_TLS, DB_POOLER */
export async function openSession(target: Target, options: SessionOptions): Promise<Session> {
  let closed = false;
  const settings = {
    max: 1,
    ...driverAddress(target),
    // A recycled connection would lose the session's locks.
    max_lifetime: null,
    idle_timeout: 0,
    fetch_types: false,
    prepare: false,
    connect_timeout: target.connectTimeoutSeconds ?? 10,
    onnotice: () => {},
    connection: { application_name: options.app },
  };
  const sql = withOwnTransactions(
    postgres(target.url, {
      ...settings,
      onclose: () => {
        closed = true;
        void sql.end({ timeout: 0 });
      },
    }),
  );
  try {
    const { pooled, ...facts } = await inTime(probe(sql), settings.connect_timeout);
    if (pooled) await requireOwnBackend(sql, () => postgres(target.url, settings));
    // Only now: behind a pooler in transaction mode they would stay with somebody else's session.
    ownSettings(sql, { serverVersion: facts.serverVersion, readOnly: options.readOnly === true });
    return {
      sql,
      target,
      ...facts,
      alive: () => {
        if (closed) throw new DbError('DB_CONNECTION_LOST', { why: 'the server closed the session', at: target.label });
      },
      [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }),
    };
  } catch (error) {
    await sql.end({ timeout: 0 }).catch(() => {});
    throw whileConnecting(fromConnection(error, target), target);
  }
}

/** Names the target. Before the first answer a closed connection is no loss: nobody was reached, or the server would not speak TLS. */
function whileConnecting(error: DbError, { tls, label }: Target): DbError {
  if (error.code === 'DB_BUG' && sqlStateOf(error.cause) !== undefined) return refused(error, label);
  if (error.code !== 'DB_CONNECTION_LOST')
    return new DbError(error.code, { at: label, ...error.facts }, { cause: error.cause });
  const why = tls
    ? 'the server closed the connection when asked for TLS'
    : 'the connection was closed before the first answer';
  return new DbError(tls ? 'DB_TLS' : 'DB_UNREACHABLE', { why, at: label }, { cause: error.cause });
}

/** For a reason of its own: a database that takes no connections, a pooler that does not know the tenant. */
function refused({ cause, facts }: DbError, label: string): DbError {
  const why = `the server refused the connection: ${facts.why}`;
  const fix = 'see its message; check user and database in the URL';
  return new DbError('DB_UNREACHABLE', { why, at: label, fix, sqlState: sqlStateOf(cause) }, { cause });
}

/** The driver connects again without end to an address that takes connections and closes them, as a balancer without servers does. */
async function inTime<T>(first: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DbError('DB_UNREACHABLE', { why: `connections are taken, and no answer came within ${seconds} s` }));
    }, seconds * 1000);
  });
  return await Promise.race([first, late]).finally(() => clearTimeout(timer));
}

interface Probed {
  readonly serverVersion: number;
  readonly deadlockTimeoutMs: number;
  readonly pooled: boolean;
}

/** The first query: what the server is, and whether a pooler stands between. */
async function probe(sql: Sql): Promise<Probed> {
  const rows = await sql.unsafe<{ pid: number; version: number; deadlock: number }[]>(`
    SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version,
      (extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000)::int AS deadlock`);
  const [row] = rows;
  if (row === undefined) throw new DbError('DB_BUG', { why: 'the server answered the first query with no row' });
  return {
    serverVersion: Math.floor(row.version / 10_000),
    deadlockTimeoutMs: row.deadlock,
    pooled: poolerStandsBetween(rows.state, row.pid),
  };
}
