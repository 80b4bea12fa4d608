import { orderOf } from './order.ts';
import type { NamedVariant, Row } from './row.ts';
import { type Figures, type OpenVariant, Skipped } from './variant.ts';

export interface MeasureOptions {
  /** Repetitions that count; 5 or more. */
  readonly repetitions: number;
  /** Whole repetitions before them that do not count. */
  readonly warmUps: number;
  readonly onProgress?: (line: string) => void;
}

/** Samples of one variant; index i of every series of a row is of the same repetition. */
export type Series =
  | { readonly name: string; readonly about: string; readonly skipped: string }
  | {
      readonly name: string;
      readonly about: string;
      readonly samples: readonly Figures[];
      /** The control's run directly before each sample. */
      readonly controls: readonly Figures[];
    };

export interface Measurement {
  readonly facts: readonly string[];
  readonly control: { readonly name: string; readonly about: string };
  readonly series: readonly Series[];
}

interface Lane {
  readonly variant: NamedVariant;
  readonly open: OpenVariant;
  readonly samples: Figures[];
  readonly controls: Figures[];
}

/** Runs every variant once a repetition, one after the other, each directly after a run of the control. Closes all that it
 *  opened, also where a run throws; an error of a run ends the row, for a median of what is left would mislead. */
export async function measureRow(row: Row, options: MeasureOptions): Promise<Measurement> {
  await using closing = new AsyncDisposableStack();
  const opened = closing.use(await row.open());
  const control = await openLane(opened.control, closing);
  if (control instanceof Skipped) throw new Error(`${row.id}: the control cannot run here: ${control.why}`);
  const lanes: Lane[] = [];
  const skipped = new Map<string, string>();
  for (const variant of opened.variants) {
    options.onProgress?.(`${row.id}: setting up ${variant.name}`);
    const lane = await openLane(variant, closing);
    if (lane instanceof Skipped) skipped.set(variant.name, lane.why);
    else lanes.push(lane);
  }
  for (let round = 0; round < options.warmUps + options.repetitions; round += 1) {
    const counts = round >= options.warmUps;
    const number = counts ? `repetition ${round - options.warmUps + 1} of ${options.repetitions}` : 'warm-up';
    options.onProgress?.(`${row.id}: ${number}`);
    for (const lane of orderOf(lanes, round)) await sample(lane, control, counts);
  }
  return {
    facts: opened.facts,
    control: { name: opened.control.name, about: opened.control.about },
    series: opened.variants.map((variant) => seriesOf(variant, lanes, skipped)),
  };
}

async function openLane(variant: NamedVariant, closing: AsyncDisposableStack): Promise<Lane | Skipped> {
  const open = await variant.open();
  if (open instanceof Skipped) return open;
  closing.defer(() => open.close());
  return { variant, open, samples: [], controls: [] };
}

async function sample(lane: Lane, control: Lane, counts: boolean): Promise<void> {
  await lane.open.prepare();
  await control.open.prepare();
  const beside = await control.open.run();
  const figures = await lane.open.run();
  if (!counts) return;
  lane.controls.push(beside);
  lane.samples.push(figures);
}

function seriesOf(variant: NamedVariant, lanes: readonly Lane[], skipped: ReadonlyMap<string, string>): Series {
  const { name, about } = variant;
  const lane = lanes.find((candidate) => candidate.variant === variant);
  if (lane === undefined) return { name, about, skipped: skipped.get(name) ?? 'not run' };
  return { name, about, samples: lane.samples, controls: lane.controls };
}
