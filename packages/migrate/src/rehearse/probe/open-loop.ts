import { setTimeout as sleep } from 'node:timers/promises';

/** One operation, on `performance.now()`'s clock. */
export interface Timed {
  /** When it was due, so that one which could not even be sent is not forgotten. */
  readonly due: number;
  readonly ended: number;
}

export interface OpenLoop {
  readonly done: readonly Timed[];
  /** Stops and awaits the operation that is under way. */
  stop(): Promise<void>;
}

/** Calls `operation` so many times a second, whatever the server does, one at a time: what became due behind a blocked call is called
 *  as soon as that has ended, and its time counts from when it was due. */
export function startOpenLoop(perSecond: number, operation: (n: number) => Promise<void>): OpenLoop {
  const done: Timed[] = [];
  const stopping = new AbortController();
  const started = performance.now();
  const running = (async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const due = started + (n * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await sleep(early, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      await operation(n);
      // A timer may be early by a fraction of a millisecond.
      done.push({ due, ended: Math.max(due, performance.now()) });
    }
  })();
  return {
    done,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
