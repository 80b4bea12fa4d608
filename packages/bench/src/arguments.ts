import { parseArgs } from 'node:util';

export interface Arguments {
  /** Ids as typed, in capitals; none: every row. */
  readonly rows: readonly string[];
  readonly repetitions: number;
  readonly json: boolean;
  readonly list: boolean;
  readonly write: boolean;
  readonly help: boolean;
}

/** Fewer do not make a median that is worth a page. */
export const REPETITIONS_MIN = 5;
const REPETITIONS = 9;

export const USAGE = `usage: pnpm bench [row…] [--reps n] [--json] [--list] [--write]

  row…      ids such as P12; none: every row
  --reps n  repetitions that count, ${REPETITIONS_MIN} or more; ${REPETITIONS} unless said
  --json    one JSON object on stdout, every sample in it
  --list    the rows and their targets; nothing is measured
  --write   also rewrite the row's results in docs/performance.md`;

/** The command line as a value, or what is wrong with it. Pure. */
export function parseArguments(
  argv: readonly string[],
  known: readonly string[],
): { readonly ok: true; readonly value: Arguments } | { readonly ok: false; readonly why: string } {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
  const { reps, ...flags } = parsed.values;
  const repetitions = Number(reps);
  if (!Number.isInteger(repetitions) || repetitions < REPETITIONS_MIN) {
    return { ok: false, why: `expected --reps to be a whole number of at least ${REPETITIONS_MIN}, got ${reps}` };
  }
  const rows = parsed.positionals.map((id) => id.toUpperCase());
  const unknown = rows.find((id) => !known.includes(id));
  if (unknown !== undefined) return { ok: false, why: `expected a row of ${known.join(', ')}, got ${unknown}` };
  return { ok: true, value: { rows, repetitions, ...flags } };
}

function parse(argv: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      reps: { type: 'string', default: String(REPETITIONS) },
      ...{ json: flag, list: flag, write: flag },
      help: { ...flag, short: 'h' },
    },
  });
}
