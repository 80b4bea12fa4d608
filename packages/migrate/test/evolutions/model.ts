/** A schema as a value: what a TypeScript schema of Drizzle declares, and the objects beside it. */
export interface Model {
  readonly enums: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly tables: readonly TableModel[];
  readonly views: readonly ViewModel[];
}

export interface TableModel {
  readonly name: string;
  readonly columns: readonly ColumnModel[];
  readonly key: readonly string[];
  readonly checks: readonly { readonly name: string; readonly column: string; readonly atLeast: number }[];
  readonly uniques: readonly {
    readonly name: string;
    readonly columns: readonly string[];
    readonly nullsEqual: boolean;
  }[];
  readonly indexes: readonly IndexModel[];
  readonly references: readonly {
    readonly column: string;
    readonly table: string;
    readonly onDelete: 'cascade' | 'set null' | 'no action';
  }[];
  readonly trigger: boolean;
  readonly comment: string | null;
}

export type ColumnType =
  | 'integer'
  | 'bigint'
  | 'text'
  | 'varchar'
  | 'numeric'
  | 'boolean'
  | 'timestamptz'
  | 'jsonb'
  | 'uuid'
  | `enum:${string}`;

export interface ColumnModel {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly comment: string | null;
}

export interface IndexModel {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly descending: boolean;
  readonly partial: boolean;
  /** By objects.ts instead of drizzle: an index with INCLUDE. */
  readonly include: string | null;
}

export interface ViewModel {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly materialized: boolean;
  readonly comment: string | null;
}

export const EMPTY: Model = { enums: [], tables: [], views: [] };
