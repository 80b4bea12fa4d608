import { setTimeout as sleep } from 'node:timers/promises';
import { DbError } from '../errors/db-error.ts';
import { sqlStateOf } from '../errors/from-driver.ts';

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';

/** How long a statement waits for a lock before everything is released and tried again; far below deadlock_timeout (1 s). */
export const LOCK_TRY_MS = 50;
export const LOCK_BUDGET_SECONDS = 60;

/** Repeats `attempt`, a whole transaction, until it gets its locks or the budget is used up. Between tries nothing is held, so
 *  that whoever we wait for, and whoever would queue behind us, goes on.
 *  @throws {DbError} DB_LOCK_TIMEOUT; nothing was changed. */
export async function withLockRetry<T>(budgetSeconds: number, at: string, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + budgetSeconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const cause = error instanceof DbError ? error.cause : error;
      const state = sqlStateOf(cause);
      if (state !== LOCK_NOT_AVAILABLE && state !== DEADLOCK) throw error;
      if (performance.now() >= deadline) {
        throw new DbError(
          'DB_LOCK_TIMEOUT',
          {
            why: `no lock within ${budgetSeconds} s: ${error instanceof Error ? error.message : ''}`,
            at,
            changed: 'nothing was changed',
            sqlState: state,
          },
          { cause },
        );
      }
      await sleep(50 + Math.random() * 200);
    }
  }
}
