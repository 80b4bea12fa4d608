/** Keeps a rate: says how long to wait after so many rows, in milliseconds. Nothing is saved up while others are waited for. */
export type Pace = (rows: number, now: number) => number;

/** @param perSecond NULL: no limit */
export function createPace(perSecond: number | null): Pace {
  let due = 0;
  return (rows, now) => {
    if (perSecond === null) return 0;
    due = Math.max(due, now) + (rows * 1000) / perSecond;
    return due - now;
  };
}
