/** What one schema of a database holds, object by object, in the words of the server. Definitions are printed with the schema in front
 *  of the search path: its own names carry no schema, so two schemas that hold the same print the same. */
export interface SchemaModel {
  readonly schema: string;
  /** False: there is no such schema. */
  readonly exists: boolean;
  readonly serverVersion: number;
  readonly relations: readonly RelationModel[];
  readonly sequences: readonly SequenceModel[];
  readonly types: readonly TypeModel[];
  readonly functions: readonly FunctionModel[];
  /** Comment of the schema. NULL: none. */
  readonly comment: string | null;
}

/** Tables, partitioned tables, views, materialized views, foreign tables. */
export type RelationKind = 'r' | 'p' | 'v' | 'm' | 'f';

export interface RelationModel {
  readonly oid: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly owner: string;
  /** The planner's estimate; -1: nobody has looked yet. */
  readonly rows: number;
  /** Of the heap, without indexes. */
  readonly bytes: number;
  /** With its indexes and long values. */
  readonly totalBytes: number;
  readonly persistence: 'p' | 'u' | 't';
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  readonly options: readonly string[];
  /** NULL: not partitioned. */
  readonly partitionKey: string | null;
  /** NULL: no partition of another table. */
  readonly partitionBound: string | null;
  /** The type that its columns are of. NULL: it has its own. */
  readonly ofType: string | null;
  /** Names of the tables it inherits from or is a partition of. */
  readonly parents: readonly string[];
  /** NULL: a table. */
  readonly viewDefinition: string | null;
  readonly comment: string | null;
  /** Role and privilege pairs, the owner's left out; role '' is PUBLIC. */
  readonly grants: readonly GrantModel[];
  readonly columns: readonly ColumnModel[];
  readonly constraints: readonly ConstraintModel[];
  readonly indexes: readonly IndexModel[];
  readonly triggers: readonly NamedDefinition[];
  readonly policies: readonly NamedDefinition[];
  readonly rules: readonly NamedDefinition[];
}

export interface GrantModel {
  readonly role: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

export interface ColumnModel {
  readonly name: string;
  readonly type: string;
  /** `e` where the type, or the type of its elements, is an enum; else ''. */
  readonly typeKind: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: '' | 'a' | 'd';
  readonly generated: '' | 's' | 'v';
  readonly collation: string | null;
  /** What is set beyond the type's own: compression, storage, statistics. */
  readonly compression: string | null;
  readonly storage: string | null;
  readonly statistics: number | null;
  readonly comment: string | null;
  /** On this column alone; as those of a relation. */
  readonly grants: readonly GrantModel[];
  /** Sequence that belongs to it. */
  readonly sequence: string | null;
  /** What reads it in a way that lets its type not change: generated columns, rules, bound functions, publications. */
  readonly holders: readonly string[];
}

export interface ConstraintModel {
  readonly name: string;
  readonly type: 'p' | 'u' | 'f' | 'c' | 'x';
  readonly definition: string;
  readonly columns: readonly string[];
  readonly validated: boolean;
  readonly comment: string | null;
  /** Name of the table that a foreign key points to, with its schema where that is another one. */
  readonly references: string | null;
  /** Columns there, in the order of `columns`. */
  readonly referencesColumns: readonly string[];
}

export interface IndexModel {
  readonly name: string;
  /** From `USING` on. */
  readonly definition: string;
  readonly unique: boolean;
  readonly valid: boolean;
  /** Columns and expressions of its key. */
  readonly keys: readonly string[];
  /** NULL: over all rows. */
  readonly predicate: string | null;
  readonly nullsNotDistinct: boolean;
  /** Constraint that it carries. */
  readonly constraint: string | null;
  readonly comment: string | null;
}

export interface NamedDefinition {
  readonly name: string;
  readonly definition: string;
  readonly comment: string | null;
}

export interface SequenceModel {
  readonly name: string;
  readonly type: string;
  readonly options: string;
  /** NULL: never called. */
  readonly lastValue: string | null;
  readonly start: string;
  readonly ownedBy: { readonly table: string; readonly column: string; readonly identity: boolean } | null;
  readonly comment: string | null;
}

export interface TypeModel {
  readonly name: string;
  readonly kind: 'enum' | 'domain' | 'range' | 'composite';
  readonly labels: readonly string[];
  readonly definition: string;
  readonly comment: string | null;
}

export interface FunctionModel {
  /** With its argument types. */
  readonly identity: string;
  readonly name: string;
  readonly definition: string;
  readonly aggregate: boolean;
  readonly comment: string | null;
}
