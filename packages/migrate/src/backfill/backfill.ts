/** A data step over one table, run in bounded keyset batches, each in a transaction of its own, outside any DDL.
 *  It must be idempotent: a batch that runs twice changes nothing the second time. */
export interface Backfill {
  /** Unique in its domain, kebab-case; named by `-- db: after-backfill <name>`. */
  readonly name: string;
  /** The rule, and what happens to ambiguous rows (they stay NULL). Shown by `db backfill`. */
  readonly rule: string;
  /** Qualified table whose key is walked, for example `train.api_requests`. */
  readonly table: string;
  /** A unique, NOT NULL, indexed column of that table, and its SQL type. */
  readonly key: { readonly column: string; readonly type: 'uuid' | 'bigint' | 'integer' | 'text' };
  /** One statement for the rows with `key > $1 AND key <= $2` (both of the key's type; $1 is NULL for the first batch, so write
   *  `($1::uuid IS NULL OR key > $1)`). `parameters` follow as $3, $4, … */
  readonly batch: string;
  /** Values for $3, $4, … of `batch` and $1, $2, … of `remaining`; objects are sent as jsonb. */
  readonly parameters?: readonly (string | number | boolean | null | Readonly<Record<string, string>>)[];
  /** `SELECT count(*)` of the rows that a further run would still change. 0: done. Rows that stay unknown do not count. */
  readonly remaining: string;
  /** Keys per batch; 5,000 unless said. */
  readonly batchSize?: number;
}
