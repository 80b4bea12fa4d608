import { setTimeout as sleep } from 'node:timers/promises';
import { qualified } from '../backup/contents.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import { describeBlocker, findBlockers } from '../lock/blockers.ts';
import { lockTables } from '../lock/lock-tables.ts';
import { resolveLocks } from '../lock/resolve-locks.ts';

/** lock_not_available, deadlock_detected. */
const MISSES = new Set<string | undefined>(['55P03', '40P01']);

export interface WindowOptions {
  /** Seconds in which the locks must be obtained. */
  readonly budgetSeconds: number;
  readonly onBlocked: (by: string) => void;
}

/** Runs `body` while nobody can write to the tables: readers go on, writers wait and go on afterwards. It is LOCK … SHARE in one
 *  transaction and not `ALTER DATABASE … SET default_transaction_read_only`: that leaves sessions that are open writing, fails writes
 *  where this lets them wait, and stays when we are killed. The locks are tried for 10 to 50 ms at a time, so that no writer queues
 *  behind us for longer. What `body` does on this session is committed with it.
 *  @throws {DbError} DB_LOCK_TIMEOUT; nothing was changed */
export async function inReadOnlyWindow<T>(
  session: Session,
  schema: string,
  tables: readonly string[],
  options: WindowOptions,
  body: () => Promise<T>,
): Promise<T> {
  const { sql, deadlockTimeoutMs } = session;
  const deadline = performance.now() + options.budgetSeconds * 1000;
  const locks = await resolveLocks(
    sql,
    tables.map((name) => ({ of: 'relation' as const, schema, name, mode: 'SHARE' as const })),
  );
  for (;;) {
    session.alive();
    await sql.unsafe('BEGIN');
    try {
      await sql.unsafe(lockTables(locks, { deadlockTimeoutMs, nowait: false }));
      const value = await body();
      await sql.unsafe('COMMIT');
      return value;
    } catch (error) {
      await sql.unsafe('ROLLBACK').catch(() => {});
      if (!MISSES.has(sqlStateOf(error))) throw error;
    }
    const [blocker] = await findBlockers(sql, locks);
    if (blocker !== undefined) options.onBlocked(describeBlocker(blocker));
    if (performance.now() >= deadline) {
      throw new DbError('DB_LOCK_TIMEOUT', {
        why: `the tables of ${schema} were not free within ${options.budgetSeconds} s: ${blocker === undefined ? 'nobody is in the way now' : describeBlocker(blocker)}`,
        at: tables.map((name) => qualified(schema, name)).join(', '),
        changed: 'the copy stays as far as it is; the source was not changed',
      });
    }
    await sleep(50 + Math.random() * 100);
  }
}
