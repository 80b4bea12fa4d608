/** Order statistics of one series. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  /** First quartile, linear between neighbours. `q3 - q1` is the interquartile range. */
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

/** The value below which a share of the sorted values lies, linear between neighbours (R's type 7). NaN of no values. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  return below === undefined || above === undefined ? Number.NaN : below + (above - below) * (at - Math.floor(at));
}

/** Summary of values in any order; changes nothing. Every field but `count` is NaN of no values. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: quantile(sorted, 0),
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    max: quantile(sorted, 1),
  };
}

/** `of[i] / to[i]` for every i: two values of one repetition met the same machine, two medians may not have.
 *  @throws {RangeError} where the lengths differ, for then the pairs are wrong */
export const pairRatios = (of: readonly number[], to: readonly number[]): readonly number[] =>
  pairs(of, to, (value, other) => value / other);

/** `of[i] - to[i]` for every i, in their unit.
 *  @throws {RangeError} where the lengths differ, for then the pairs are wrong */
export const pairDifferences = (of: readonly number[], to: readonly number[]): readonly number[] =>
  pairs(of, to, (value, other) => value - other);

function pairs(
  of: readonly number[],
  to: readonly number[],
  combine: (value: number, other: number) => number,
): readonly number[] {
  if (of.length !== to.length) throw new RangeError(`expected equally many values, got ${of.length} and ${to.length}`);
  return of.map((value, index) => combine(value, to[index] ?? Number.NaN));
}
