/** What one run measured, by the figure's name. `ms` is always there: wall time for one operation. */
export type Figures = Readonly<Record<string, number>>;

/** A variant that this machine cannot run, and why. Reported, never guessed. */
export class Skipped {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

export interface VariantDefinition<Shared, State> {
  /** Unique in its row; the first column of the table. */
  readonly name: string;
  /** What one operation is, so that a reader can repeat it. */
  readonly about: string;
  /** How many operations one `run` does: short ones are timed in a batch. 1 unless said. */
  readonly operations?: number;
  /** Before the first repetition; never timed. */
  readonly setup: (shared: Shared) => Promise<State | Skipped>;
  /** Before every run; never timed. */
  readonly prepare?: (state: State) => Promise<void>;
  /** Timed. May return more figures than the wall time, for example the longest wait of a writer. */
  readonly run: (state: State) => Promise<Figures | undefined>;
  /** After the last repetition, also when a run threw; never timed. */
  readonly teardown?: (state: State) => Promise<void>;
}

export interface OpenVariant {
  readonly prepare: () => Promise<void>;
  readonly run: () => Promise<Figures>;
  readonly close: () => Promise<void>;
}

export interface Variant<Shared> {
  readonly name: string;
  readonly about: string;
  readonly open: (shared: Shared) => Promise<OpenVariant | Skipped>;
}

/** Closes over the variant's own state, so that variants with different states share a list. */
export function defineVariant<Shared, State>(definition: VariantDefinition<Shared, State>): Variant<Shared> {
  const { name, about, operations = 1, setup, prepare, run, teardown } = definition;
  return {
    name,
    about,
    open: async (shared) => {
      const state = await setup(shared);
      if (state instanceof Skipped) return state;
      return {
        prepare: async () => await prepare?.(state),
        run: async () => {
          const started = performance.now();
          const more = await run(state);
          const ms = (performance.now() - started) / operations;
          return { ...more, ms };
        },
        close: async () => await teardown?.(state),
      };
    },
  };
}
