/** Limits in milliseconds; 0 means none. */
export interface Timeouts {
  /** A server that has not answered by then is unreachable: ServerUnreachable. */
  readonly connectMs: number;
  /** A query or transaction that waits longer for a connection of the pool gives up: PoolExhausted. */
  readonly checkoutMs: number;
  /** A statement that runs longer is canceled: QueryCanceled. */
  readonly statementMs: number;
  /** A statement that waits longer for a lock gives up: LockNotAvailable. */
  readonly lockMs: number;
  /** A transaction that is left open and idle longer loses its connection: ConnectionLost. */
  readonly idleInTransactionMs: number;
  /** How long what was not sent, or can safely be done anew, waits for a server that was reachable before: a failover. */
  readonly failoverMs: number;
  /** How often the connection that listens is asked whether it is still there; it has as long to answer. */
  readonly heartbeatMs: number;
}

/** What kind of process uses the database; it decides the limits. */
export type Profile = 'web' | 'worker' | 'bot' | 'script';

const COMMON = { connectMs: 10_000, heartbeatMs: 30_000 };

/** A web request has a user waiting, a bot answers within Discord's 15 minutes, a worker's item may take long, a script is watched. */
export const PROFILES: Readonly<Record<Profile, Timeouts>> = {
  web: {
    ...COMMON,
    checkoutMs: 5_000,
    statementMs: 10_000,
    lockMs: 3_000,
    idleInTransactionMs: 10_000,
    failoverMs: 10_000,
  },
  bot: {
    ...COMMON,
    checkoutMs: 10_000,
    statementMs: 15_000,
    lockMs: 5_000,
    idleInTransactionMs: 15_000,
    failoverMs: 30_000,
  },
  worker: {
    ...COMMON,
    checkoutMs: 60_000,
    statementMs: 120_000,
    lockMs: 10_000,
    idleInTransactionMs: 60_000,
    failoverMs: 60_000,
  },
  script: {
    ...COMMON,
    checkoutMs: 0,
    statementMs: 0,
    lockMs: 10_000,
    idleInTransactionMs: 300_000,
    failoverMs: 60_000,
  },
};

/** As parameters of the start-up message. '0' is sent too: it overrides what the role or database has set. */
export function startupParameters(timeouts: Timeouts, readOnly: boolean): Record<string, string> {
  return {
    ...(readOnly && { default_transaction_read_only: 'on' }),
    statement_timeout: String(timeouts.statementMs),
    lock_timeout: String(timeouts.lockMs),
    idle_in_transaction_session_timeout: String(timeouts.idleInTransactionMs),
  };
}

/** The same for one transaction, for connections whose start-up message a pooler answers. The values are numbers of ours. */
export function localTimeoutsSql({ statementMs, lockMs, idleInTransactionMs }: Timeouts): string {
  return `SELECT set_config('statement_timeout', '${statementMs}', true), set_config('lock_timeout', '${lockMs}', true), set_config('idle_in_transaction_session_timeout', '${idleInTransactionMs}', true)`;
}
