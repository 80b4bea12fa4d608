import { DatabaseError } from './database-error.ts';

/** 23505: a row with this key exists. */
export class UniqueViolation extends DatabaseError {}

/** 23503 and 23001: the row that is referred to is missing, or rows refer to this one. */
export class ForeignKeyViolation extends DatabaseError {}

/** 23514: a check said no. */
export class CheckViolation extends DatabaseError {}

/** 23502: a column that must be given is null. */
export class NotNullViolation extends DatabaseError {}

/** 23P01: a row that excludes this one exists, for example an overlapping range. */
export class ExclusionViolation extends DatabaseError {}

/** Class 22: a value that its type does not take: too long, out of range, malformed. */
export class InvalidValue extends DatabaseError {}

/** Class 42 but 42501: the statement and the schema do not fit: a syntax error, a missing table or column. */
export class InvalidStatement extends DatabaseError {}

/** 42501: the role lacks the privilege, or row-level security refused the row. */
export class PermissionDenied extends DatabaseError {}

/** 40001: a concurrent transaction came first. `transaction` restarts its callback by itself. */
export class SerializationFailure extends DatabaseError {
  override readonly retryable = true;
}

/** 40P01: chosen as the victim of a deadlock. `transaction` restarts its callback by itself. */
export class DeadlockDetected extends DatabaseError {
  override readonly retryable = true;
}

/** 55P03: a lock was not got within lock_timeout, or at once where NOWAIT asked so. */
export class LockNotAvailable extends DatabaseError {
  override readonly retryable = true;
}

/** 57014: over statement_timeout, or canceled by a signal or an operator. */
export class QueryCanceled extends DatabaseError {}

/** 25006: the server takes no writes: a replica, or a primary that was just promoted. */
export class ReadOnly extends DatabaseError {
  override readonly retryable = true;
}

/** 0A000 of RevalidateCachedQuery, inside a transaction: a migration changed the table between two uses of a statement. */
export class CachedPlanChanged extends DatabaseError {
  override readonly retryable = true;
}

/** The connection broke while in use. A single statement may or may not have been done; a transaction was not. */
export class ConnectionLost extends DatabaseError {}

/** No connection was made, so nothing was sent: refused, unknown host, timeout, or the server is starting (57P03). */
export class ServerUnreachable extends DatabaseError {
  override readonly retryable = true;
}

/** 53300: all of the server's connections are taken. */
export class TooManyConnections extends DatabaseError {
  override readonly retryable = true;
}

/** Transactions held all connections of the pool for as long as a query may wait for one; the message says which. Nothing was sent. */
export class PoolExhausted extends DatabaseError {
  override readonly retryable = true;

  constructor(connections: number, waitedMs: number, holders: readonly string[]) {
    const held = holders.length === 0 ? '' : `; held by ${holders.join(', ')}`;
    super(`none of ${connections} connections came free within ${waitedMs} ms${held}`, { sqlState: 'POOL_EXHAUSTED' });
  }
}

/** Class 28: wrong password, unknown role, or no rule of pg_hba.conf lets this connection in. */
export class AuthenticationFailed extends DatabaseError {}

/** 3D000: the server has no such database. */
export class DatabaseMissing extends DatabaseError {}

/** The server has no TLS, or its certificate is not one that we trust. */
export class TlsRefused extends DatabaseError {}

/** Any other failure; `sqlState` tells which. */
export class QueryFailed extends DatabaseError {}

/** COMMIT was sent, its answer never came, and the server cannot tell any more: the work may be done or not. Check before a repeat. */
export class CommitUnknown extends DatabaseError {
  constructor(why: string, cause?: unknown) {
    super(`it is unknown whether the transaction was committed: ${why}`, { sqlState: '08007' }, cause);
  }
}

/** A query was sent on a transaction that is over: by then another user may own the connection. */
export class TransactionOver extends DatabaseError {
  constructor(cause?: unknown) {
    super('this transaction is over; await every query within its callback', { sqlState: '25000' }, cause);
  }
}

/** The transaction is committed, but a hook after it failed: do not run it again. All failures are in the cause, an AggregateError. */
export class AfterCommitFailed extends DatabaseError {
  constructor(failures: readonly unknown[]) {
    super(
      `the transaction is committed, but ${failures.length} hook(s) after it failed`,
      { sqlState: '00000' },
      new AggregateError(failures),
    );
  }
}
