import type { KeyRange } from './key-range.ts';

/** Deals out the ranges of a table in key order, and knows up to which key everything is committed. */
export interface Frontier {
  /** The next range, which belongs to the caller until it is settled; null at the end of the table. */
  claim(): Promise<KeyRange | null>;
  /** Replaces a claimed range by its parts. */
  split(range: KeyRange, parts: readonly KeyRange[]): void;
  /** The last key up to which all is committed once `range` is committed too. NULL: none. It may lag behind, never run ahead. */
  cursorAfter(range: KeyRange): string | null;
  /** The range is committed, or given up. */
  settle(range: KeyRange): void;
}

/** @param from the key after which to begin. NULL: the first one
 *  @param find looks up the range after a key; it is asked for the next one while the last one is being worked on */
export function createFrontier(
  from: string | null,
  find: (lower: string | null) => Promise<KeyRange | null>,
): Frontier {
  let lower = from;
  /** Claimed and not settled, in key order. */
  let open: readonly KeyRange[] = [];
  // The failure of a look-up is told to whoever claims the range.
  const unheard = <T>(found: Promise<T>) => {
    found.catch(() => {});
    return found;
  };
  let ahead = unheard(find(from));
  const replace = (range: KeyRange, parts: readonly KeyRange[]) => {
    open = open.flatMap((other) => (other === range ? parts : [other]));
  };
  return {
    claim: async () => {
      const next = ahead;
      ahead = unheard(next.then((range) => (range === null ? null : find(range.upper))));
      const range = await next;
      if (range === null) return null;
      lower = range.upper;
      open = [...open, range];
      return range;
    },
    split: replace,
    cursorAfter: (range) => {
      const first = open.find((other) => other !== range);
      return first === undefined ? lower : first.lower;
    },
    settle: (range) => replace(range, []),
  };
}
