import type { RelationName } from './relation-name.ts';

/** What the planner of online forms knows of a database: how it is before the draft. */
export interface OnlineFacts {
  /** By `schema.name`, unquoted. A relation that is not here, and that the draft does not create, counts as large. */
  readonly relations: ReadonlyMap<string, RelationFacts>;
  /** Names of functions none of which, whatever its arguments, gives another value for each row. */
  readonly stableFunctions: ReadonlySet<string>;
  /** Labels of enums, by `schema.name`. */
  readonly enums: ReadonlyMap<string, readonly string[]>;
}

/** Rows of a relation: an estimate, or `large` where nobody knows. */
export type Rows = number | 'large';

export interface RelationFacts {
  readonly kind: 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table';
  readonly rows: Rows;
  readonly columns: readonly ColumnFacts[];
  readonly indexes: readonly IndexFacts[];
  readonly constraints: readonly ConstraintFacts[];
  /** Empty for what is not partitioned. */
  readonly partitions: readonly RelationName[];
  /** The one column by which it is partitioned, by range or list. NULL: it is not, or otherwise. */
  readonly partitionColumn: string | null;
  readonly hasDefaultPartition: boolean;
  /** Of a partitioned table, or it inherits. */
  readonly isPartition: boolean;
  /** Foreign keys of other tables, or of itself, that point to it. */
  readonly incoming: readonly IncomingKey[];
  readonly statistics: readonly StatisticsFacts[];
  /** True where a trigger of ours may change a row before it is written. */
  readonly hasRowTriggers: boolean;
  /** True where an UPDATE can go through it in batches, by a key. */
  readonly isWalkable: boolean;
  /** What would be in the way of a dropped column, other than indexes, constraints and statistics. */
  readonly dependents: readonly DependentFacts[];
  /** The index by which replication knows rows, and the one by which CLUSTER orders them. NULL: none was chosen. */
  readonly replicaIdentity: string | null;
  readonly clusteredOn: string | null;
}

/** A view, rule, policy, trigger, generated column or function that reads a column; a table that inherits it. */
export interface DependentFacts {
  readonly column: string;
  /** As people name it. */
  readonly what: string;
  /** As a DROP names it, its words joined by dots. NULL: nothing that a draft drops and makes again. */
  readonly path: string | null;
}

export interface ColumnFacts {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly notNull: boolean;
  /** As an expression. NULL: none, or it is generated. */
  readonly default: string | null;
  readonly identity: 'always' | 'by default' | null;
  /** The expression of a generated column. */
  readonly generated: string | null;
  readonly sequence: SequenceFacts | null;
  /** Not the type's own, qualified and quoted. */
  readonly collation: string | null;
  readonly comment: string | null;
  /** Actions of ALTER COLUMN that bring back what is set beyond the type's own: statistics, options. */
  readonly settings: readonly string[];
}

/** A sequence that a column owns. */
export interface SequenceFacts {
  readonly name: RelationName;
  /** Of an identity, what is not the default of its type. */
  readonly options: string;
}

export interface IncomingKey {
  readonly table: RelationName;
  readonly name: string;
  readonly definition: string;
  /** Those that it points to. */
  readonly columns: readonly string[];
  readonly comment: string | null;
}

export interface StatisticsFacts {
  readonly name: RelationName;
  readonly definition: string;
  readonly columns: readonly string[];
}

export interface IndexFacts {
  /** In the schema of its table; unquoted. */
  readonly name: string;
  /** As `pg_get_indexdef` prints it. */
  readonly definition: string;
  /** Every column that it reads, also in its expressions and its predicate. */
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** The constraint that it stands for. */
  readonly constraint: string | null;
  readonly comment: string | null;
}

export interface ConstraintFacts {
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'check' | 'foreign key' | 'exclusion' | 'other';
  /** As `pg_get_constraintdef` prints it. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly validated: boolean;
  readonly comment: string | null;
}

/** No relation is known: every table that the draft does not create counts as large. */
export const NO_FACTS: OnlineFacts = {
  relations: new Map(),
  stableFunctions: new Set([
    'now',
    'transaction_timestamp',
    'statement_timestamp',
    'timezone',
    'lower',
    'upper',
    'jsonb_build_object',
  ]),
  enums: new Map(),
};

/** Above so many rows a statement that reads or writes each of them is felt: an index over 10,000 rows takes about 5 ms. */
export const SMALL_ROWS = 10_000;
