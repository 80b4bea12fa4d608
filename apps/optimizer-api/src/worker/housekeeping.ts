import type { Logger } from '../log.ts';
import { OutsideError } from '../net/request-json.ts';
import { resetDueCredits } from '../queries/credits.ts';
import { takeOverIntents } from '../queries/publications.ts';
import type { OptimizerDb } from '../queries/tx.ts';
import { INTENT_LIFE_MS, type PublishParts, settleLeftOver } from '../services/publish.ts';

/** Shops, or publications, of one round trip. */
const BATCH = 100;

/** Begins every credit cycle that is due, also those that were missed. @returns how many */
export async function resetCredits(db: OptimizerDb): Promise<number> {
  for (let total = 0; ; ) {
    const count = await db.transaction((tx) => resetDueCredits(tx, BATCH));
    total += count;
    if (count === 0) return total;
  }
}

/** Settles what writers left behind when they died. One that Wix cannot be asked about waits for the next time. */
export async function settlePublications(parts: PublishParts, log: Logger): Promise<void> {
  const intents = await parts.db.transaction((tx) => takeOverIntents(tx, BATCH, INTENT_LIFE_MS));
  for (const intent of intents) {
    try {
      log.info({ itemId: intent.itemId, outcome: await settleLeftOver(parts, intent) }, 'a publication was settled');
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      log.warn({ itemId: intent.itemId, error }, 'a publication could not be settled yet');
    }
  }
}
