import type { Sql } from 'postgres';

/** Timeouts of the role or the database are meant for applications: one of them in the middle of a long build would leave an INVALID
 *  index. A migrator that was killed must not hold its lock on: the server looks after its clients where it can. */
export async function ownSettings(sql: Sql): Promise<void> {
  await sql`
    SELECT set_config(name, '0', false)
    FROM unnest(string_to_array('statement_timeout lock_timeout idle_in_transaction_session_timeout', ' ')) AS name`;
  // Not on every platform.
  await sql`SELECT set_config('client_connection_check_interval', '1s', false)`.catch(() => {});
}
