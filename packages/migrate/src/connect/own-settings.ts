import type { Sql } from 'postgres';

/** Columns of a SELECT that switch off what the role or the database sets for applications: one of these timeouts in the middle of a
 *  long build would leave an INVALID index. */
export const NO_TIMEOUTS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']
  .map((name) => `set_config('${name}', '0', false)`)
  .join(', ');

/** Lets the server look after its client where it can: a migrator that was killed must not hold its lock on. Goes out in front of
 *  the next statement; nobody waits for it, and not every platform has it. */
export function watchClient(sql: Sql): void {
  sql.unsafe("SELECT set_config('client_connection_check_interval', '1s', false)").catch(() => {});
}
