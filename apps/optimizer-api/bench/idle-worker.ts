import { readWorkerEnv } from '../src/env.ts';
import { startWorker } from '../src/start-worker.ts';

/** `arm`: begins to count, so many results are to come. `wait`: answers when they have. */
export type Order = { readonly arm: number } | { readonly wait: true };

export interface Answer {
  /** From the first item's begin to the last result's end. */
  readonly ms: number;
  /** 99 of 100 round trips, which hand in results and claim, took no longer. */
  readonly exchangeP99Ms: number;
}

let exchanges: number[] = [];
let firstAt: number | undefined;
let missing = 0;
let done = Promise.withResolvers<Answer>();

function countResult(): void {
  missing -= 1;
  if (missing !== 0) return;
  const sorted = exchanges.toSorted((a, b) => a - b);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  done.resolve({ ms: performance.now() - (firstAt ?? 0), exchangeP99Ms: p99 * 1_000 });
}

function arm(items: number): void {
  [exchanges, firstAt, missing, done] = [[], undefined, items, Promise.withResolvers<Answer>()];
}

// The worker as it is deployed, but that its items do nothing.
await startWorker(readWorkerEnv(), {
  process: async () => {
    firstAt ??= performance.now();
    return { before: 'Name', after: 'Better name' };
  },
  onResult: countResult,
  onExchange: (seconds) => {
    if (firstAt !== undefined) exchanges.push(seconds);
  },
});

process.on('message', (order: Order) => {
  if ('arm' in order) {
    arm(order.arm);
    process.send?.('armed');
  } else void done.promise.then((answer) => process.send?.(answer));
});
process.send?.('ready');
