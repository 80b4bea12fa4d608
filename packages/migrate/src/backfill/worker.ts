import { openSession, type Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { Backfill } from './backfill.ts';
import { type BatchText, prepareBatch } from './batch.ts';
import { statementFailed } from './failures.ts';

const LOCK_MS_MAX = 50;

/** A session that runs batches, and its process on the server. */
export interface Worker extends AsyncDisposable {
  readonly session: Session;
  readonly pid: number;
  readonly textOf: BatchText;
}

/** Opens a session for batches. A batch waits for a row less long than deadlock_timeout, so that in a deadlock it is we who give up,
 *  and nobody waits long behind us. Its commit does not wait for the disk: the cursor is committed with it, so a crash takes both
 *  back; what is recorded as done has been written, with all that was before it. */
export async function openWorker({ target }: Session, domain: string, backfill: Backfill): Promise<Worker> {
  const session = await openSession(target, { app: `db backfill ${domain}` });
  try {
    const lockMs = Math.min(LOCK_MS_MAX, Math.max(1, Math.floor(session.deadlockTimeoutMs / 2)));
    const [row] = await session.sql<{ pid: number }[]>`
      SELECT pg_backend_pid() AS pid, set_config('synchronous_commit', 'off', false), set_config('lock_timeout', ${String(lockMs)}, false)`;
    if (row === undefined) throw new DbError('DB_BUG', { why: 'a new session answered with no row' });
    const textOf = await prepareBatch(session, domain, backfill);
    return { session, pid: row.pid, textOf, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw statementFailed(error, backfill, 'its batch');
  }
}
