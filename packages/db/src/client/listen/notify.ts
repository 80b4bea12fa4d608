import type { Connection, Runner } from '../query/runner.ts';
import type { TransactionScope } from '../transaction/scope.ts';

/** Sent at once, or with the transaction's COMMIT and not at all if it is rolled back. */
export async function sendNotification(
  runner: Runner,
  connection: Connection,
  scope: TransactionScope | undefined,
  channel: string,
  payload: string,
): Promise<void> {
  await runner.run(connection, scope, { text: 'SELECT pg_notify($1, $2)', params: [channel, payload], built: true });
}
