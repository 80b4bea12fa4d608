/** A lock that a statement needed, on a relation that was there before it. */
export interface HeldLock {
  /** `schema.name`. */
  readonly relation: string;
  /** As in the manual: `ACCESS EXCLUSIVE`. The strongest on this relation. */
  readonly mode: string;
  /** From its taking, which the engine does at the begin of a transaction, to the end of the transaction. */
  readonly heldMs: number;
}

/** The longest that an operation of the probe waited, from the moment it was due to its end. */
export interface ProbeWait {
  readonly ms: number;
  /** `schema.name`. */
  readonly table: string;
  readonly operation: Operation;
}

/** `update`: a row to what it is; `lock`: SELECT … FOR UPDATE of a row, where a row cannot be updated so; `read`: a row. Each by key. */
export type Operation = 'update' | 'lock' | 'read';

/** A table whose file was written anew, as the rewriting forms of ALTER TABLE, TRUNCATE, CLUSTER and REFRESH do. */
export interface Rewrite {
  readonly relation: string;
  /** Size afterwards, with TOAST and without indexes. */
  readonly bytes: number;
}

export interface StatementReport {
  /** 1-based, in its file. */
  readonly number: number;
  readonly line: number;
  /** On one line, cut at 120 characters. */
  readonly text: string;
  readonly ms: number;
  readonly locks: readonly HeldLock[];
  readonly rewrites: readonly Rewrite[];
  /** Rows inserted, updated and deleted, of whatever table. NULL: it ran outside a transaction, where nobody counts them. */
  readonly rowsChanged: number | null;
  /** Rows read by scans: a check of all rows shows here. NULL: as above. */
  readonly rowsRead: number | null;
  /** Written to the log meanwhile, less what the probe writes by itself in that time. */
  readonly walBytes: number;
  /** Of the operations that were under way while it ran, and where it keeps writers out, to the end of its transaction. NULL: there was
   *  none. */
  readonly longestWait: ProbeWait | null;
}

export interface BackfillReport {
  readonly name: string;
  readonly rows: number;
  readonly ms: number;
  readonly walBytes: number;
  readonly longestWait: ProbeWait | null;
}

export interface MigrationReport {
  readonly name: string;
  readonly how: 'transaction' | 'statement by statement';
  readonly ms: number;
  /** Of the operations that were under way while it was applied, its backfills apart. */
  readonly longestWait: ProbeWait | null;
  readonly backfills: readonly BackfillReport[];
  readonly statements: readonly StatementReport[];
}

/** What the probe met on one table. */
export interface ProbedTable {
  readonly table: string;
  /** An estimate. */
  readonly rows: number;
  readonly operations: readonly Operation[];
  /** Longest wait without a migration, in milliseconds. */
  readonly controlMs: number;
  /** Longest wait while migrations ran. */
  readonly longestMs: number;
  readonly count: number;
  /** Operations that failed: SQLSTATE → how many. `0A000` is a prepared statement that a change of types has broken. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface CopyReport {
  readonly how: 'clone' | 'replay';
  /** Why it is no clone. NULL: it is one. */
  readonly why: string | null;
  /** Tables that were filled with generated rows: `schema.name` → rows. */
  readonly generated: Readonly<Record<string, number>>;
  readonly serverVersion: number;
}

export interface Budget {
  /** What was asked for. */
  readonly ms: number;
  /** What a wait may be: that, or twice the longest of the control phase, whichever is more. */
  readonly allowedMs: number;
  /** Migrations and backfills beyond it. */
  readonly over: readonly string[];
}

export interface Rehearsal {
  readonly domain: string;
  /** What was copied, `user@host:port/database`. */
  readonly source: string;
  /** NULL: nothing was pending, and nothing was copied. */
  readonly copy: CopyReport | null;
  readonly migrations: readonly MigrationReport[];
  readonly probed: readonly ProbedTable[];
  /** Operations a second on each table, of each kind. */
  readonly ratePerSecond: number;
  /** Longest wait of all operations without a migration. */
  readonly controlMs: number;
  /** Longest wait of all, with migrations. NULL: no operation was under way. */
  readonly longestWait: ProbeWait | null;
  /** NULL: none was set. */
  readonly budget: Budget | null;
  /** What failed on the copy. NULL: nothing. */
  readonly failed: { readonly code: string; readonly message: string; readonly fix: string } | null;
}
