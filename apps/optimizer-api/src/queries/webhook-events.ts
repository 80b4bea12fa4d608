import { webhookEvents } from '@repo/db/optimizer';
import type { Tx } from './tx.ts';

/** @returns false where the event was acted upon before: then nothing is to be done */
export async function noteEvent(
  tx: Tx,
  event: { eventId: string; instanceId: string; eventType: string },
): Promise<boolean> {
  const rows = await tx
    .insert(webhookEvents)
    .values(event)
    .onConflictDoNothing()
    .returning({ id: webhookEvents.eventId });
  return rows.length > 0;
}
