import postgres, { type Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { fromConnection } from '../errors/from-driver.ts';
import { poolerStandsBetween, requireOwnBackend } from './pooler.ts';
import type { Target } from './target.ts';

/** One pinned server session. The driver would quietly open another one after a loss, and locks would be gone: `sql` must not be
 *  used after `lost()` turns true, and `alive()` says so before each step. */
export interface Session extends AsyncDisposable {
  readonly sql: Sql;
  readonly target: Target;
  readonly serverVersion: number;
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
    // A recycled connection would lose the session's locks.
    max_lifetime: null,
    idle_timeout: 0,
    fetch_types: false,
    prepare: false,
    connect_timeout: target.connectTimeoutSeconds ?? 10,
    onnotice: () => {},
    connection: {
      application_name: options.app,
      ...(options.readOnly ? { default_transaction_read_only: true } : {}),
    },
  };
  const sql = postgres(target.url, {
    ...settings,
    onclose: () => {
      closed = true;
    },
  });
  try {
    const { version: serverVersion, pooled } = await probe(sql);
    if (pooled) await requireOwnBackend(sql, () => postgres(target.url, settings));
    await ownSettings(sql);
    closed = false;
    return {
      sql,
      target,
      serverVersion,
      alive: () => {
        if (closed) throw new DbError('DB_CONNECTION_LOST', { why: 'the server closed the session', at: target.label });
      },
      [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }),
    };
  } catch (error) {
    await sql.end({ timeout: 0 }).catch(() => {});
    throw fromConnection(error, target);
  }
}

/** The first query: the server's major version, and whether a pooler stands between. */
async function probe(sql: Sql): Promise<{ readonly version: number; readonly pooled: boolean }> {
  const rows = await sql<{ pid: number; version: number }[]>`
    SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version`;
  const [row] = rows;
  if (row === undefined) throw new DbError('DB_BUG', { why: 'the server answered the first query with no row' });
  return { version: Math.floor(row.version / 10_000), pooled: poolerStandsBetween(rows.state, row.pid) };
}

/** Timeouts of the role or the database are meant for applications: one of them in the middle of a long build would leave an INVALID
 *  index. A migrator that was killed must not hold its lock on: the server looks after its clients where it can. */
async function ownSettings(sql: Sql): Promise<void> {
  await sql`
    SELECT set_config(name, '0', false)
    FROM unnest(string_to_array('statement_timeout lock_timeout idle_in_transaction_session_timeout', ' ')) AS name`;
  // Not on every platform.
  await sql`SELECT set_config('client_connection_check_interval', '1s', false)`.catch(() => {});
}
