/** How far a run has come. */
export interface BackfillProgress {
  readonly backfill: string;
  /** Rows that this run has changed so far. */
  readonly rowsDone: number;
  /** Rows that were left when this run began. */
  readonly rowsTotal: number;
  readonly rowsPerSecond: number;
  /** NULL: nobody can tell yet. */
  readonly secondsLeft: number | null;
  /** Why nothing is done at the moment. NULL: it goes on. */
  readonly paused: string | null;
}

/** What a run has done. */
export interface BackfillDone {
  readonly backfill: string;
  readonly rows: number;
  /** Wall time in whole milliseconds. */
  readonly ms: number;
  /** VACUUMs between batches. */
  readonly vacuums: number;
}

/** A row that a batch could not change. */
export interface FailedRow {
  readonly key: string;
  /** The server's message. */
  readonly why: string;
}
