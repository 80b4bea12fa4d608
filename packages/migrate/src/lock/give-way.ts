import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import type { Statement } from '../sql/parse.ts';
import { type Blocker, describeBlocker, findBlockers } from './blockers.ts';
import { type LockedTable, lightOnly, lockTables } from './lock-tables.ts';
import { type NamedLock, neededLocks } from './needed-locks.ts';
import { resolveLocks, type TableLock } from './resolve-locks.ts';

/** lock_not_available, deadlock_detected. */
const MISSES = new Set<string | undefined>(['55P03', '40P01']);
/** Also undefined_table, invalid_schema_name, wrong_object_type: what is named does not exist yet, or is no table. */
const MISSES_UNRESOLVED = new Set([...MISSES, '42P01', '3F000', '42809']);

export const LOCK_BUDGET_SECONDS = 60;
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

/** What has become of one try; a failure that is no matter of locks is thrown. */
export type Try<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Runs `attempt`, a whole transaction, so that it stands in no user's way: all strong locks on existing tables are taken together,
 *  by the SQL that `attempt` is given and sends before any work. The first time they are taken where they are free at once; that
 *  needs no look at the catalog. After a miss, which gives everything back, they are taken in name order, each waiting 10 to 50 ms,
 *  below deadlock_timeout, again and again after a jitter. Behind an old transaction it does not queue at all, for everybody would
 *  queue behind it. `first` is the first try where it has begun already.
 *  @throws {DbError} DB_LOCK_TIMEOUT after the budget, naming who is in the way; nothing was changed */
export async function giveWay<T>(
  session: Session,
  statements: readonly Statement[],
  options: GiveWayOptions,
  attempt: (takeLocks: string) => Promise<T>,
  first = tryWhereFree(session, statements, attempt),
): Promise<T> {
  const deadline = performance.now() + options.budgetSeconds * 1000;
  const tried = await first;
  if (tried?.ok === true) return tried.value;
  const named = neededLocks(statements);
  const seen = new Set<number>();
  for (;;) {
    session.alive();
    const locks = await resolveLocks(session.sql, named);
    const blocker = await oldBlocker(session, locks);
    if (blocker === undefined) {
      const takeLocks = lockTables(locks, { deadlockTimeoutMs: session.deadlockTimeoutMs, nowait: false });
      const outcome = await tryOnce(attempt, takeLocks, MISSES);
      if (outcome.ok) return outcome.value;
    } else if (!seen.has(blocker.pid)) {
      seen.add(blocker.pid);
      options.onBlocked?.(blocker);
    }
    if (performance.now() >= deadline) throw await gaveUp(session, locks, options);
    await sleep(20 + Math.random() * 60);
  }
}

/** The first try: it waits for no lock. NULL: the locks cannot be taken by the names in the statements. */
export function tryWhereFree<T>(
  session: Session,
  statements: readonly Statement[],
  attempt: (takeLocks: string) => Promise<T>,
): Promise<Try<T>> | null {
  session.alive();
  const locks = asNamed(neededLocks(statements), statements);
  if (locks === null) return null;
  const takeLocks = lockTables(locks, { deadlockTimeoutMs: session.deadlockTimeoutMs, nowait: true });
  return tryOnce(attempt, takeLocks, MISSES_UNRESOLVED);
}

/** Statements that may name a view, whose tables LOCK TABLE would lock, too. */
const OF_VIEWS = new Set(['AlterObjectSchemaStmt', 'CreateTrigStmt', 'DropStmt', 'RenameStmt', 'RuleStmt']);

/** The locks as the statements name them. NULL: the catalog must be asked, for an index's table or the tables behind foreign keys. */
function asNamed(named: readonly NamedLock[], statements: readonly Statement[]): readonly LockedTable[] | null {
  if (named.some((lock) => lock.of !== 'relation') || statements.some(({ kind }) => OF_VIEWS.has(kind))) return null;
  return named.map(({ schema, name, mode }) => ({
    table: schema === null ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
    mode,
  }));
}

async function tryOnce<T>(
  attempt: (takeLocks: string) => Promise<T>,
  takeLocks: string,
  misses: ReadonlySet<string | undefined>,
): Promise<Try<T>> {
  try {
    return { ok: true, value: await attempt(takeLocks) };
  } catch (error) {
    // A statement's own error comes with its place; it is a miss only where a lock was not to be had.
    const [state, of] = error instanceof DbError ? [sqlStateOf(error.cause), MISSES] : [sqlStateOf(error), misses];
    if (of.has(state)) return { ok: false };
    throw error;
  }
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
