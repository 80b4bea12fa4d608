import { setTimeout as sleep } from 'node:timers/promises';
import type { TransactionSql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { Statement } from '../sql/parse.ts';
import { type Blocker, describeBlocker, findBlockers } from './blockers.ts';
import { neededLocks } from './needed-locks.ts';
import { resolveLocks, type TableLock } from './resolve-locks.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

export const LOCK_BUDGET_SECONDS = 60;
/** Longest wait of one try for all its locks together, in milliseconds. */
const TRY_MS = 50;
const LOCK_MS_MIN = 10;
/** A transaction of this age will not end within a try: it is waited for outside the lock queue. */
const OLD_MS = 100;

export interface GiveWayOptions {
  /** Seconds in which all locks must be obtained. */
  readonly budgetSeconds: number;
  /** File, for the error. */
  readonly at: string;
  /** Called when a session in the way is waited for, at most once per session. */
  readonly onBlocked?: ((blocker: Blocker) => void) | undefined;
}

/** Takes the locks of the transaction; the first statement of each attempt. */
export type TakeLocks = (tx: TransactionSql) => Promise<void>;

/** Runs `attempt`, a whole transaction, so that it stands in no user's way: all strong locks on existing tables are taken together,
 *  in name order, as its first act, each waiting 10 to 50 ms, below deadlock_timeout; one miss gives everything back, and it is tried
 *  again after a jitter. Behind an old transaction it does not queue at all, for everybody would queue behind it.
 *  @throws {DbError} DB_LOCK_TIMEOUT after the budget, naming who is in the way; nothing was changed */
export async function giveWay<T>(
  session: Session,
  statements: readonly Statement[],
  options: GiveWayOptions,
  attempt: (takeLocks: TakeLocks) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + options.budgetSeconds * 1000;
  const named = neededLocks(statements);
  const seen = new Set<number>();
  for (;;) {
    session.alive();
    const locks = await resolveLocks(session.sql, named);
    const blocker = await oldBlocker(session, locks);
    if (blocker === undefined) {
      const outcome = await tryOnce(attempt, locks);
      if (outcome.ok) return outcome.value;
    } else if (!seen.has(blocker.pid)) {
      seen.add(blocker.pid);
      options.onBlocked?.(blocker);
    }
    if (performance.now() >= deadline) throw await gaveUp(session, locks, options);
    await sleep(20 + Math.random() * 60);
  }
}

async function tryOnce<T>(
  attempt: (takeLocks: TakeLocks) => Promise<T>,
  locks: readonly TableLock[],
): Promise<{ ok: true; value: T } | { ok: false }> {
  try {
    return { ok: true, value: await attempt((tx) => takeLocks(tx, locks)) };
  } catch (error) {
    const state = sqlStateOf(error instanceof DbError ? error.cause : error);
    if (state !== LOCK_NOT_AVAILABLE && state !== DEADLOCK) throw error;
    return { ok: false };
  }
}

/** SHARE UPDATE EXCLUSIVE lets reads and writes through, so waiting for it holds nobody up. */
function lightOnly(locks: readonly TableLock[]): boolean {
  return locks.every(({ mode }) => mode === 'SHARE UPDATE EXCLUSIVE');
}

async function takeLocks(tx: TransactionSql, locks: readonly TableLock[]): Promise<void> {
  const light = locks.length > 0 && lightOnly(locks);
  const each = Math.max(LOCK_MS_MIN, Math.floor(TRY_MS / Math.max(1, locks.length)));
  // Below deadlock_timeout whatever the server's is, so that in a deadlock it is we who give up. A light lock may wait longer: an
  // autovacuum gives way to whoever waits for deadlock_timeout.
  await tx`
    SELECT set_config('lock_timeout', (CASE WHEN ${light} THEN 2 * d ELSE least(${each}::int, greatest(1, d / 2)) END)::int::text || 'ms', true)
    FROM (SELECT (extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000)::int AS d) s`;
  for (const { table, mode } of locks) await tx.unsafe(`LOCK TABLE ONLY ${table} IN ${mode} MODE`);
}

async function oldBlocker({ sql }: Session, locks: readonly TableLock[]): Promise<Blocker | undefined> {
  if (lightOnly(locks)) return undefined;
  const blockers = (await findBlockers(sql, locks)).filter(({ ageMs }) => ageMs > OLD_MS);
  // An autovacuum never ends for somebody who does not queue; it starts again later by itself.
  for (const { pid } of blockers.filter(({ isAutovacuum }) => isAutovacuum)) {
    await sql`SELECT pg_cancel_backend(${pid})`.catch(() => {});
  }
  return blockers[0];
}

async function gaveUp(
  { sql }: Session,
  locks: readonly TableLock[],
  { budgetSeconds, at }: GiveWayOptions,
): Promise<DbError> {
  const blockers = await findBlockers(sql, locks);
  const who = blockers.length === 0 ? 'nobody is in the way now' : blockers.map(describeBlocker).join('\n  ');
  return new DbError('DB_LOCK_TIMEOUT', {
    why: `not all locks were free within ${budgetSeconds} s:\n  ${who}`,
    at,
    changed: 'nothing was changed by this migration',
    data: { blockers },
  });
}
