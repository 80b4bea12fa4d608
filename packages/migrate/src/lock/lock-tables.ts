import type { LockMode } from './lock-modes.ts';

/** Longest wait of one try for all its locks together, in milliseconds. */
const TRY_MS = 50;
const LOCK_MS_MIN = 10;

export interface LockedTable {
  /** Qualified and quoted. */
  readonly table: string;
  readonly mode: LockMode;
}

export interface LockTablesOptions {
  readonly deadlockTimeoutMs: number;
  /** Never waits for a table; what the statements themselves lock may wait as long as otherwise. */
  readonly nowait: boolean;
}

/** SQL text that takes the locks in the given order, each within 10 to 50 ms, and lets no statement of the transaction wait longer. */
export function lockTables(locks: readonly LockedTable[], { deadlockTimeoutMs, nowait }: LockTablesOptions): string {
  const each = Math.max(LOCK_MS_MIN, Math.floor(TRY_MS / Math.max(1, locks.length)));
  // Below deadlock_timeout whatever the server's is, so that in a deadlock it is we who give up. A light lock may wait longer: an
  // autovacuum gives way to whoever waits for deadlock_timeout.
  const waitMs =
    locks.length > 0 && lightOnly(locks)
      ? 2 * deadlockTimeoutMs
      : Math.min(each, Math.max(1, Math.floor(deadlockTimeoutMs / 2)));
  const lock = ({ table, mode }: LockedTable) => `LOCK TABLE ONLY ${table} IN ${mode} MODE${nowait ? ' NOWAIT' : ''}`;
  return [`SET LOCAL lock_timeout = ${waitMs}`, ...locks.map(lock)].join('; ');
}

/** SHARE UPDATE EXCLUSIVE lets reads and writes through, so waiting for it holds nobody up. */
export function lightOnly(locks: readonly LockedTable[]): boolean {
  return locks.every(({ mode }) => mode === 'SHARE UPDATE EXCLUSIVE');
}
