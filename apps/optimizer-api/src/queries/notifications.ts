import type { OptimizerDb } from './tx.ts';

/** Ends a subscription. */
export type Unlisten = () => Promise<void>;

/** Calls `onPayload` for each notification, and `onGap` each time the subscription is in force, since what was notified before is lost.
 *  The connection is the driver's own, beside the pool, and opened anew when it is lost. */
export async function listen(
  db: OptimizerDb,
  channel: string,
  onPayload: (payload: string) => void,
  onGap: () => void,
): Promise<Unlisten> {
  const { unlisten } = await db.$client.listen(channel, onPayload, onGap);
  return unlisten;
}
