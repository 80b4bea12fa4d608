/** What a consolidation tells while it runs. */
export type ConsolidateEvent =
  | { readonly type: 'step'; readonly step: string }
  | CopyProgress
  | { readonly type: 'blocked'; readonly by: string }
  | { readonly type: 'window'; readonly state: 'opens'; readonly aboutMs: number }
  | { readonly type: 'window'; readonly state: 'open' }
  | { readonly type: 'window'; readonly state: 'closed'; readonly ms: number };

export interface CopyProgress {
  readonly type: 'copy';
  readonly table: string;
  readonly done: number;
  /** An estimate until the last row. */
  readonly total: number;
  readonly rowsPerSecond: number;
  /** NULL: not known yet. */
  readonly secondsLeft: number | null;
}

/** A table that was copied, and what it holds. */
export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** Of all rows, the same here and there; see `checksumOf`. */
  readonly checksum: string;
}

export interface ConsolidateReport {
  readonly domain: string;
  readonly source: string;
  readonly target: string;
  /** Where the copies lie, for `adopt --from-schema`. */
  readonly schema: string;
  readonly tables: readonly CopiedTable[];
  /** What of the source was not copied: other relations, triggers, policies, foreign keys to other tables. */
  readonly left: readonly string[];
  readonly ms: number;
  /** How long writers of the source had to wait. */
  readonly windowMs: number;
  /** True: the tables of the source refuse writes from the window on. */
  readonly sourceClosed: boolean;
}

/** What would be copied. */
export interface CopyPreview extends Pick<ConsolidateReport, 'domain' | 'source' | 'target' | 'schema' | 'left'> {
  readonly tables: readonly {
    readonly table: string;
    /** The planner's estimate. */
    readonly rows: number;
    readonly bytes: number;
    /** Rows that a run before this one has copied. */
    readonly rowsDone: number;
  }[];
}
