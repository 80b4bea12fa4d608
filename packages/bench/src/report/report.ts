import type { Measurement, Series } from '../harness/measure.ts';
import type { Bound, Limit, Ratio, Row } from '../harness/row.ts';
import type { Figures } from '../harness/variant.ts';
import type { Machine } from '../machine.ts';
import { pairDifferences, pairRatios, type Summary, summarize } from '../stats.ts';

export type Verdict = 'met' | 'fallen short' | 'not measured' | 'no limit';

export interface Checked {
  readonly of: string;
  /** The other variant of a ratio or difference. NULL: an absolute bound. */
  readonly to: string | null;
  readonly figure: string;
  readonly limit: Limit | null;
  /** NULL where one side could not run. */
  readonly summary: Summary | null;
  /** How many repetitions, each for itself, kept the limit. */
  readonly within: number;
  readonly verdict: Verdict;
}

/** A row as measured: everything that is printed, written or handed out as JSON. */
export interface RowReport {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  /** UTC calendar day. */
  readonly date: string;
  readonly repetitions: number;
  readonly warmUps: number;
  readonly machine: Machine;
  readonly facts: readonly string[];
  readonly control: { readonly name: string; readonly about: string };
  readonly units: Readonly<Record<string, string>>;
  readonly series: readonly Series[];
  readonly ratios: readonly Checked[];
  readonly differences: readonly Checked[];
  readonly bounds: readonly Checked[];
}

interface Run {
  readonly date: string;
  readonly repetitions: number;
  readonly warmUps: number;
  readonly machine: Machine;
}

/** Judges a measurement by its row's limits. A median decides; `within` shows how surely. Pure. */
export function reportRow(row: Row, measurement: Measurement, run: Run): RowReport {
  const { id, title, target, units = {} } = row;
  return {
    ...{ id, title, target, ...run, ...measurement },
    units: { ms: 'ms', ...units },
    ratios: row.ratios.map((ratio) => checkPairs(ratio, measurement, pairRatios)),
    differences: (row.differences ?? []).map((pair) => checkPairs(pair, measurement, pairDifferences)),
    bounds: row.bounds.map((bound) => checkBound(bound, measurement)),
  };
}

/** One figure of every sample. @throws {RangeError} where a variant did not return it */
export function valuesOf(samples: readonly Figures[], figure: string): readonly number[] {
  return samples.map((sample) => {
    const value = sample[figure];
    if (value === undefined) throw new RangeError(`a variant returned no figure "${figure}"`);
    return value;
  });
}

function checkPairs(
  { of, to, figure = 'ms', limit }: Ratio,
  measurement: Measurement,
  combine: typeof pairRatios,
): Checked {
  const top = seriesNamed(measurement, of);
  const bottom = to === measurement.control.name ? top : seriesNamed(measurement, to);
  if ('skipped' in top || 'skipped' in bottom) return judged({ of, to, figure }, limit, null);
  const below = to === measurement.control.name ? top.controls : bottom.samples;
  return judged({ of, to, figure }, limit, combine(valuesOf(top.samples, figure), valuesOf(below, figure)));
}

function checkBound({ of, figure = 'ms', limit }: Bound, measurement: Measurement): Checked {
  const series = seriesNamed(measurement, of);
  return judged({ of, to: null, figure }, limit, 'skipped' in series ? null : valuesOf(series.samples, figure));
}

function judged(
  what: Pick<Checked, 'of' | 'to' | 'figure'>,
  limit: Limit | undefined,
  values: readonly number[] | null,
): Checked {
  if (values === null) return { ...what, limit: limit ?? null, summary: null, within: 0, verdict: 'not measured' };
  const summary = summarize(values);
  if (limit === undefined) return { ...what, limit: null, summary, within: 0, verdict: 'no limit' };
  const within = values.filter((value) => keeps(value, limit)).length;
  return { ...what, limit, summary, within, verdict: keeps(summary.median, limit) ? 'met' : 'fallen short' };
}

const keeps = (value: number, limit: Limit): boolean => ('max' in limit ? value <= limit.max : value >= limit.min);

function seriesNamed(measurement: Measurement, name: string): Series {
  const found = measurement.series.find((series) => series.name === name);
  if (found === undefined) throw new RangeError(`the row names no variant "${name}"`);
  return found;
}
