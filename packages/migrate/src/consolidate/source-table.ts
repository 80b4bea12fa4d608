/** A table of the legacy database, with all that it takes to make it again. Definitions carry no schema. */
export interface SourceTable {
  readonly name: string;
  /** `name type DEFAULT …`, in physical order. */
  readonly columns: readonly SourceColumn[];
  /** Columns of the primary key in its order, or else of a unique key without NULLs; empty: there is none. */
  readonly key: readonly KeyColumn[];
  /** The planner's estimate, at least 0. */
  readonly rows: number;
  /** With indexes and TOAST. */
  readonly bytes: number;
  readonly constraints: readonly SourceConstraint[];
  /** Statements for the indexes that no constraint brings with it; INVALID ones are left out. */
  readonly indexes: readonly string[];
  readonly comments: readonly string[];
  /** What of it is not copied, in words. */
  readonly left: readonly string[];
}

export interface SourceColumn {
  readonly name: string;
  readonly definition: string;
  /** True: its values are not copied but computed. */
  readonly generated: boolean;
}

export interface KeyColumn {
  readonly name: string;
  readonly type: string;
  /** True: its order depends on a collation, which two servers may read differently. */
  readonly collated: boolean;
}

export interface SourceConstraint {
  readonly name: string;
  readonly type: 'p' | 'u' | 'f' | 'c' | 'x';
  readonly definition: string;
  /** Table that a foreign key points to. NULL: it is none. */
  readonly references: string | null;
}

/** What stands beside the tables and must be there before them. */
export interface SourceSchema {
  readonly name: string;
  readonly serverVersion: number;
  readonly tables: readonly SourceTable[];
  /** Extensions that types of columns come from. */
  readonly extensions: readonly string[];
  /** Statements that make enums and domains of columns, in order. */
  readonly types: readonly string[];
  /** Statements that make functions which defaults, checks and indexes call. */
  readonly functions: readonly string[];
  readonly sequences: readonly SourceSequence[];
  /** Relations of the schema that are not copied. */
  readonly others: readonly string[];
}

export interface SourceSequence {
  readonly name: string;
  /** Statement that makes it. NULL: an identity column brings it along. */
  readonly create: string | null;
  /** Column that owns it. NULL: none. */
  readonly ownedBy: { readonly table: string; readonly column: string } | null;
}
