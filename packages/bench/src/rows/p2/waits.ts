/** One operation of an open-loop writer. */
export interface Wait {
  /** When it was due, on `performance.now()`'s clock. */
  readonly due: number;
  /** Milliseconds from then to its end, so that an operation which could not even be sent is not forgotten. */
  readonly ms: number;
}

/** The operations that were due in a window, ends included. Pure. */
export function dueWithin(waits: readonly Wait[], from: number, to: number): readonly Wait[] {
  return waits.filter(({ due }) => due >= from && due <= to);
}

/** 0 of no waits. Pure. */
export const longest = (waits: readonly Wait[]): number => waits.reduce((max, { ms }) => Math.max(max, ms), 0);

/** The number of operations due by `elapsedMs` that have not been sent. Pure. */
export function nowDue(elapsedMs: number, perSecond: number, sent: number): number {
  return Math.max(0, Math.floor((elapsedMs * perSecond) / 1000) + 1 - sent);
}
