import postgres, { type Sql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { fromConnection } from '../errors/from-driver.ts';
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
  const sql = postgres(target.url, {
    max: 1,
    // A recycled connection would lose the session's locks.
    max_lifetime: null,
    idle_timeout: 0,
    fetch_types: false,
    prepare: false,
    connect_timeout: target.connectTimeoutSeconds ?? 10,
    onnotice: () => {},
    onclose: () => {
      closed = true;
    },
    connection: {
      application_name: options.app,
      ...(options.readOnly ? { default_transaction_read_only: true } : {}),
    },
  });
  try {
    const serverVersion = await probe(sql);
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

/** A pooler answers the start-up handshake itself, with a process id that is not the backend's. */
async function probe(sql: Sql): Promise<number> {
  const rows = await sql`SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version`;
  const [row] = rows;
  if (row === undefined) throw new DbError('DB_BUG', { why: 'the server answered the first query with no row' });
  const handshake = rows.state;
  if (handshake !== undefined && 'pid' in handshake && handshake.pid !== row['pid']) {
    throw new DbError('DB_POOLER', {
      why: 'the server process is not the one that took the connection: a pooler stands between, and session locks are worthless there',
    });
  }
  return Math.floor(Number(row['version']) / 10_000);
}
