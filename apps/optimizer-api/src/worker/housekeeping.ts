import { setTimeout as sleep } from 'node:timers/promises';
import { resetDueCredits } from '../queries/credits.ts';
import { takeOverIntents } from '../queries/publications.ts';
import type { OptimizerDb } from '../queries/tx.ts';
import { INTENT_LIFE_MS, type PublishParts, settleLeftOver } from '../services/publish.ts';

/** Shops, or publications, of one round trip. */
const BATCH = 100;

/** Between two looks after credits and left-over publications. */
const PAUSE_MS = 60_000;

export interface Housekeeping {
  /** Begins nothing more, and waits for the publication that it is at, `drainMs` at most: one that is cut off is settled by the next. */
  stop(drainMs: number): Promise<void>;
}

/** Looks after credits and left-over publications: at once, and a minute after the last time. */
export function startHousekeeping(parts: PublishParts): Housekeeping {
  const stopped = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
  const house = (async () => {
    for (; !stopped.signal.aborted; await pause(PAUSE_MS)) await keepHouse(parts, stopped.signal);
  })();
  return {
    async stop(drainMs) {
      stopped.abort();
      await Promise.race([house, sleep(drainMs, undefined, { ref: false })]);
    },
  };
}

async function keepHouse(parts: PublishParts, signal: AbortSignal): Promise<void> {
  try {
    const resets = await resetCredits(parts.db);
    if (resets > 0) parts.log.info({ resets }, 'credit cycles began');
    if (!signal.aborted) await settlePublications(parts, signal);
  } catch (error) {
    parts.log.error({ error }, 'housekeeping failed; it is tried again');
  }
}

/** Begins every credit cycle that is due, also those that were missed. @returns how many */
export async function resetCredits(db: OptimizerDb): Promise<number> {
  for (let total = 0; ; ) {
    const count = await db.transaction((tx) => resetDueCredits(tx, BATCH));
    total += count;
    if (count === 0) return total;
  }
}

/** Settles what writers left behind when they died, until `signal` says stop. One that cannot be settled, because Wix does not answer or
 *  the shop's tokens do not open, waits for the next time and keeps no other from it. */
export async function settlePublications(parts: PublishParts, signal: AbortSignal): Promise<void> {
  const { db, log } = parts;
  const intents = await db.transaction((tx) => takeOverIntents(tx, BATCH, INTENT_LIFE_MS));
  for (const intent of intents) {
    if (signal.aborted) return;
    try {
      log.info({ itemId: intent.itemId, outcome: await settleLeftOver(parts, intent) }, 'a publication was settled');
    } catch (error) {
      log.warn({ itemId: intent.itemId, error }, 'a publication could not be settled yet');
    }
  }
}
