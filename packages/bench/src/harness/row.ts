import type { OpenVariant, Skipped, Variant } from './variant.ts';

/** A median must stay on this side of the number. */
export type Limit = { readonly max: number } | { readonly min: number };

/** One variant against another, repetition by repetition of one run: divided by it, or what it takes more than it. */
export interface Ratio {
  readonly of: string;
  /** A variant, or the control: then the control's run just before `of`. */
  readonly to: string;
  /** `ms` unless said. */
  readonly figure?: string;
  /** Absent: reported, promised to nobody. */
  readonly limit?: Limit;
}

/** An absolute target. It holds on the machine it was measured on; a ratio travels better. */
export interface Bound {
  readonly of: string;
  readonly figure?: string;
  readonly limit: Limit;
}

interface RowFacts {
  /** As in the table of targets. */
  readonly id: `P${number}`;
  readonly title: string;
  /** The promise in words; `bounds` and limited `ratios` are what of it a machine can check. */
  readonly target: string;
  /** Unit of each figure that a variant returns, beside `ms`, which the harness measures. */
  readonly units?: Readonly<Record<string, string>>;
  readonly ratios: readonly Ratio[];
  /** What `of` takes more than `to`, in the figure's unit: for promises such as "at most 5 ms more". */
  readonly differences?: readonly Ratio[];
  readonly bounds: readonly Bound[];
}

export interface RowDefinition<Shared extends AsyncDisposable> extends RowFacts {
  /** Starts what the variants share, such as a server. Never timed. */
  readonly setup: () => Promise<Shared>;
  /** What a reader must know of it to judge the figures: server version, size of the schema. No host names, no paths. */
  readonly facts: (shared: Shared) => readonly string[];
  readonly variants: readonly Variant<Shared>[];
  /** A small operation run directly before every variant: if it is slow there, the machine was busy, not the variant. */
  readonly control: Variant<Shared>;
}

export interface NamedVariant {
  readonly name: string;
  readonly about: string;
  readonly open: () => Promise<OpenVariant | Skipped>;
}

export interface OpenRow extends AsyncDisposable {
  readonly facts: readonly string[];
  readonly variants: readonly NamedVariant[];
  readonly control: NamedVariant;
}

/** A row of the bench: a value, which nothing starts until `open`. */
export interface Row extends RowFacts {
  readonly open: () => Promise<OpenRow>;
}

/** Closes over the type of what the variants share, so that rows of different kinds lie in one list. */
export function defineRow<Shared extends AsyncDisposable>(definition: RowDefinition<Shared>): Row {
  const { setup, facts, variants, control, ...rest } = definition;
  return {
    ...rest,
    open: async () => {
      const shared = await setup();
      const named = ({ name, about, open }: Variant<Shared>) => ({ name, about, open: () => open(shared) });
      return {
        facts: facts(shared),
        variants: variants.map(named),
        control: named(control),
        [Symbol.asyncDispose]: async () => await shared[Symbol.asyncDispose](),
      };
    },
  };
}
