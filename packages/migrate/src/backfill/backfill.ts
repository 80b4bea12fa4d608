/** Types by whose order a table can be walked; their text is read back as the same value. */
export type KeyType = 'uuid' | 'bigint' | 'integer' | 'smallint' | 'text' | 'timestamptz' | 'date' | 'numeric';

/** A data step over one table, run in bounded batches by ranges of its key, each in a transaction of its own, outside any DDL.
 *  It must be idempotent: a batch that runs twice changes nothing the second time. */
export interface Backfill {
  /** Unique in its domain, kebab-case; named by `-- db: after-backfill <name>` and `db backfill <name>`. */
  readonly name: string;
  /** The rule, and what happens to ambiguous rows (they stay NULL). Shown by `db backfill`. */
  readonly rule: string;
  /** Qualified table whose key is walked, for example `train.api_requests`. */
  readonly table: string;
  /** A NOT NULL, indexed column of that table, unique where it can be, and its SQL type. */
  readonly key: { readonly column: string; readonly type: KeyType };
  /** One statement for the rows with `key > $1 AND key <= $2` (both of the key's type; $1 is NULL for the first batch, so write
   *  `($1::uuid IS NULL OR key > $1)`). `parameters` follow as $3, $4, … */
  readonly batch: string;
  /** Values for $3, $4, … of `batch` and $1, $2, … of `remaining` and `verify`; objects are sent as jsonb. */
  readonly parameters?: readonly (string | number | boolean | null | Readonly<Record<string, string>>)[];
  /** `SELECT count(*)` of the rows that a further run would still change. 0: done. Rows that stay unknown do not count. */
  readonly remaining: string;
  /** `SELECT count(*)` of the rows that contradict the rule, asked once where nothing remains: more than 0 fails. Absent: not asked. */
  readonly verify?: string;
  /** Keys per batch at most; 10,000 unless said. Below it the size is steered by the time that batches take. */
  readonly batchSize?: number;
  /** Milliseconds that a batch may hold its row locks, to which its size is steered; 15 unless said. */
  readonly batchMs?: number;
  /** Batches at a time; 1 unless said. 2 only where no row's new value depends on another row that the step changes. */
  readonly connections?: 1 | 2;
}
