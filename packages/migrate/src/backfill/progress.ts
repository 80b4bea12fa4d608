import type { BackfillProgress } from './report.ts';

/** Counts what a run does and tells it after each change. */
export interface ProgressMeter {
  /** Rows changed by this run. */
  readonly rows: number;
  /** Milliseconds since this run began. */
  ms(): number;
  /** Milliseconds since this run changed rows, or began. */
  idleMs(): number;
  /** So many rows are to be changed. */
  begin(total: number): void;
  committed(rows: number): void;
  /** NULL: it goes on. */
  paused(why: string | null): void;
}

export function createProgressMeter(
  backfill: string,
  tell: ((progress: BackfillProgress) => void) | undefined,
): ProgressMeter {
  const started = performance.now();
  const ms = () => performance.now() - started;
  const state = { rows: 0, total: 0, idleSince: started, why: null as string | null };
  const emit = () => {
    const { rows, total, why } = state;
    const rowsPerSecond = Math.round((rows * 1000) / Math.max(1, ms()));
    const secondsLeft = rowsPerSecond === 0 ? null : Math.ceil(Math.max(0, total - rows) / rowsPerSecond);
    tell?.({ backfill, rowsDone: rows, rowsTotal: total, rowsPerSecond, secondsLeft, paused: why });
  };
  return {
    get rows() {
      return state.rows;
    },
    ms,
    idleMs: () => performance.now() - state.idleSince,
    begin: (total) => {
      state.total = total;
    },
    committed: (rows) => {
      state.rows += rows;
      state.idleSince = performance.now();
      state.why = null;
      emit();
    },
    paused: (why) => {
      if (why === state.why) return;
      state.why = why;
      emit();
    },
  };
}
