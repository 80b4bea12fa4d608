import { setTimeout as sleep } from 'node:timers/promises';
import { ReadOnly, ServerUnreachable, toDbError } from '../errors/index.ts';
import type { Timeouts } from '../pool/profiles.ts';

const FIRST_DELAY_MS = 10;
const DELAY_MAX_MS = 1_000;

/** Doubles, and is spread by half, so that those who collided do not meet again. */
export function delayMs(attempt: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), DELAY_MAX_MS) * (0.5 + Math.random() / 2);
}

/** No server takes the work just now, and it certainly was not done: a server that was reachable before is worth waiting for. */
export function isFailover(error: unknown): boolean {
  return error instanceof ServerUnreachable || error instanceof ReadOnly;
}

/** Tries again until it passes, fails otherwise, or failoverMs is over.
 *  @throws what the last try failed with */
export async function withinFailover<T>(
  first: unknown,
  { failoverMs }: Timeouts,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const until = performance.now() + failoverMs;
  let failure = first;
  for (let attempt = 1; performance.now() < until; attempt += 1) {
    await sleep(delayMs(attempt), undefined, { signal });
    try {
      return await work();
    } catch (error) {
      failure = toDbError(error);
      if (!isFailover(failure)) throw failure;
    }
  }
  throw failure;
}
