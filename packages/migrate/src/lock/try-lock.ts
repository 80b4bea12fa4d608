import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';

export { lockName } from './lock-name.ts';

const POLL_MS = 100;

/** Who holds a lock, as the server sees it. */
export interface LockHolder {
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** Start of the holder's session. */
  readonly since: Date;
}

export interface LockOptions {
  /** Milliseconds to wait before DB_MIGRATOR_BUSY. */
  readonly waitMs: number;
  /** Called once, when the lock is not free at the first try. */
  readonly onWait: (holder: LockHolder | undefined) => void;
}

/** Runs `body` holding a session-level advisory lock on the migrating connection itself. It polls on purpose: a session blocked in
 *  pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY in the holder would wait for it: a deadlock (ADR 0005).
 *  @throws {DbError} DB_MIGRATOR_BUSY after `waitMs`; `body` has not run. */
export async function withLock<T>(
  session: Session,
  name: string,
  options: LockOptions,
  body: () => Promise<T>,
): Promise<T> {
  await acquire(session, name, options);
  try {
    return await body();
  } finally {
    // A lost session has given its locks back already.
    await session.sql`SELECT pg_advisory_unlock(hashtextextended(${name}, 0))`.catch(() => {});
  }
}

async function acquire(session: Session, name: string, { waitMs, onWait }: LockOptions): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let tries = 0; ; tries += 1) {
    session.alive();
    const [row] = await session.sql`SELECT pg_try_advisory_lock(hashtextextended(${name}, 0)) AS held`;
    if (row?.['held'] === true) return;
    if (tries === 0) onWait(await holderOf(session.sql, name));
    if (performance.now() >= deadline) throw busy(name, waitMs, await holderOf(session.sql, name));
    // Never in step: of twenty that wait, one a round would get it.
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
}

/** The session that holds a lock, or undefined where it has just been given back. */
export async function holderOf(sql: Sql, name: string): Promise<LockHolder | undefined> {
  const [row] = await sql<LockHolder[]>`
    SELECT a.pid, a.application_name AS application, a.usename AS "user", a.backend_start AS since
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(${name}, 0)`;
  return row;
}

export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'a session that has just ended';
  return `pid ${holder.pid} (${holder.application}, user ${holder.user}) since ${new Date(holder.since).toISOString()}`;
}

function busy(name: string, waitMs: number, holder: LockHolder | undefined): DbError {
  return new DbError('DB_MIGRATOR_BUSY', {
    why: `${describeHolder(holder)} still holds ${name} after ${waitMs} ms`,
    changed: 'nothing was changed',
    data: { holder: holder ?? null },
  });
}
