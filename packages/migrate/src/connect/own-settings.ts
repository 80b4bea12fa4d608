import type { Sql } from 'postgres';

/** What the role or the database sets for applications: one of these in the middle of a long build would leave an INVALID index. */
const TIMEOUTS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];

export interface OwnSettings {
  readonly serverVersion: number;
  readonly readOnly: boolean;
}

/** Sends the settings of a session of ours in front of its next statement; nobody waits for the answer. The server looks after its
 *  client where it can: a migrator that was killed must not hold its lock on. */
export function ownSettings(sql: Sql, { serverVersion, readOnly }: OwnSettings): void {
  const settings = [
    ...TIMEOUTS.map((name) => [name, '0']),
    ...(serverVersion >= 17 ? [['transaction_timeout', '0']] : []),
    ...(readOnly ? [['default_transaction_read_only', 'on']] : []),
  ];
  const columns = settings.map(([name, value]) => `set_config('${name}', '${value}', false)`);
  // A session that is lost here says so at its next statement.
  sql.unsafe(`SELECT ${columns.join(', ')}`).catch(() => {});
  // Not on every platform.
  sql.unsafe("SELECT set_config('client_connection_check_interval', '1s', false)").catch(() => {});
}
