import type { PoolUse } from '../pool/pool-use.ts';
import { cancelQuery } from './cancel-query.ts';

/** What may end a query before its time. */
export interface InterruptReasons {
  readonly signal: AbortSignal | undefined;
  /** 0: none, or the server sees to it. */
  readonly limitMs: number;
  /** undefined: the query has its connection, or need not wait for one. */
  readonly waitsFor: PoolUse | undefined;
}

export interface Interrupt {
  /** Why it was ended, where that is another error than the query's own. */
  readonly reason: Error | undefined;
  release(): void;
}

/** Cancels `query`, on the server where it is running there, for whichever reason comes first. undefined: there is none. */
export function interruptOn(query: object, { signal, limitMs, waitsFor }: InterruptReasons): Interrupt | undefined {
  if (signal === undefined && limitMs === 0 && waitsFor === undefined) return undefined;
  let reason: Error | undefined;
  const cancel = () => cancelQuery(query);
  const timer = limitMs > 0 ? setTimeout(cancel, limitMs) : undefined;
  const stopWaiting = waitsFor?.whenExhausted((error) => {
    reason = error;
    cancel();
  });
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    get reason() {
      return reason;
    },
    release: () => {
      clearTimeout(timer);
      stopWaiting?.();
      signal?.removeEventListener('abort', cancel);
    },
  };
}
