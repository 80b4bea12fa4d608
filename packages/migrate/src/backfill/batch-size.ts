import type { Backfill } from './backfill.ts';

const KEYS_MAX = 10_000;
const BATCH_MS = 15;
/** Nothing is known of the first batch, so it is small. */
const KEYS_FIRST = 1_000;
const GROWTH = 2;
/** Once somebody was in the way, the way back up is slow. */
const GROWTH_CAREFUL = 1.1;

/** How many keys the next batch should have. */
export interface BatchSize {
  readonly keys: number;
  /** Learns from a batch of that many keys. */
  took(keys: number, ms: number): void;
  /** Somebody was in the way, or we were in somebody's. */
  halve(): void;
}

/** Steers the size so that a batch holds its row locks for about the time that it may: a step changes it by half or twofold at most.
 *  @param perSecond rows a second that are allowed; then a batch is at most a tenth of that. NULL: any */
export function createBatchSize({ batchSize, batchMs = BATCH_MS }: Backfill, perSecond: number | null): BatchSize {
  const max = Math.max(1, Math.min(batchSize ?? KEYS_MAX, perSecond === null ? KEYS_MAX : Math.ceil(perSecond / 10)));
  let keys = Math.min(KEYS_FIRST, max);
  let growth = GROWTH;
  const set = (wanted: number) => {
    keys = Math.min(max, Math.max(1, Math.round(wanted)));
  };
  return {
    get keys() {
      return keys;
    },
    took: (measured, ms) => {
      const factor = Math.min(growth, Math.max(0.5, batchMs / ms));
      // A short batch, as at the end of a table, says nothing about a larger one.
      if (measured >= keys || factor < 1) set(Math.min(measured, keys) * factor);
    },
    halve: () => {
      growth = GROWTH_CAREFUL;
      set(keys / 2);
    },
  };
}
