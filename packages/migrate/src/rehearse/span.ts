/** From when to when something ran, on `performance.now()`'s clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of a span that lie in some others, which do not overlap each other. Pure. */
export function overlap({ from, to }: Span, others: readonly Span[]): number {
  return others.reduce((sum, other) => sum + Math.max(0, Math.min(to, other.to) - Math.max(from, other.from)), 0);
}
