import type { Name } from '../name.ts';
import type { SqlType } from './sql-type.ts';

/** A column as CREATE TABLE or ADD COLUMN has it; its constraints are read apart. */
export interface ColumnFacts {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  /** The expression as it was written. NULL: none. */
  readonly default: string | null;
  /** The functions that the default calls. */
  readonly defaultCalls: readonly string[];
  readonly identity: boolean;
  readonly generated: 'stored' | 'virtual' | null;
}

export type ConstraintKind = 'primary' | 'unique' | 'check' | 'foreign' | 'exclude' | 'not-null';

export interface ConstraintFacts {
  /** NULL: PostgreSQL finds one. */
  readonly name: string | null;
  readonly kind: ConstraintKind;
  /** Of this table. Empty where USING INDEX says them. */
  readonly columns: readonly string[];
  /** False: NOT VALID. */
  readonly validated: boolean;
  readonly usingIndex: string | null;
  readonly references: { readonly table: Name; readonly columns: readonly string[] } | null;
  /** Of a CHECK, without its brackets. */
  readonly expression: string | null;
  /** The column of which a CHECK or NOT NULL says that it is not null, and nothing else. */
  readonly notNullOf: string | null;
  /** As it was written, from its kind on, without its name. */
  readonly text: string;
}

/** What a statement does, in the words of the rules: each ALTER TABLE gives one action for each of its parts. */
export type Action =
  | {
      readonly does: 'create-table';
      readonly table: Name;
      readonly columns: readonly ColumnFacts[];
      readonly constraints: readonly ConstraintFacts[];
      readonly partitioned: boolean;
      readonly partitionOf: Name | null;
      readonly isDefault: boolean;
      readonly ifNotExists: boolean;
      /** LIKE, INHERITS or OF: it has more columns than are read. */
      readonly inherits: boolean;
    }
  | { readonly does: 'create-table-as'; readonly table: Name; readonly materialized: boolean }
  | { readonly does: 'create-view'; readonly view: Name; readonly securityInvoker: boolean }
  | {
      readonly does: 'add-column';
      readonly table: Name;
      readonly column: ColumnFacts;
      readonly constraints: readonly ConstraintFacts[];
    }
  | { readonly does: 'drop-column'; readonly table: Name; readonly column: string; readonly cascade: boolean }
  | {
      readonly does: 'change-type';
      readonly table: Name;
      readonly column: string;
      readonly type: SqlType;
      readonly using: boolean;
      readonly collation: string | null;
    }
  | { readonly does: 'set-not-null'; readonly table: Name; readonly column: string }
  | { readonly does: 'drop-not-null'; readonly table: Name; readonly column: string }
  | { readonly does: 'add-identity'; readonly table: Name; readonly column: string }
  | { readonly does: 'set-default'; readonly table: Name; readonly column: string; readonly dropped: boolean }
  | { readonly does: 'add-constraint'; readonly table: Name; readonly constraint: ConstraintFacts }
  | { readonly does: 'validate'; readonly table: Name; readonly constraint: string }
  | { readonly does: 'drop-constraint'; readonly table: Name; readonly constraint: string; readonly cascade: boolean }
  | { readonly does: 'attach'; readonly table: Name; readonly partition: Name; readonly isDefault: boolean }
  | { readonly does: 'detach'; readonly table: Name; readonly partition: Name; readonly concurrently: boolean }
  /** Every other part of ALTER TABLE by the grammar's name, for example `AT_SetUnLogged`. */
  | { readonly does: 'alter-table'; readonly table: Name; readonly part: string; readonly value: string }
  | {
      readonly does: 'create-index';
      /** NULL: PostgreSQL finds a name. */
      readonly index: Name | null;
      readonly table: Name;
      /** Its key; NULL for an expression. */
      readonly columns: readonly (string | null)[];
      readonly unique: boolean;
      readonly concurrently: boolean;
      readonly ifNotExists: boolean;
      readonly only: boolean;
      readonly method: string;
      readonly partial: boolean;
    }
  | {
      readonly does: 'drop';
      /** `table`, `index`, `schema`, … */
      readonly kind: string;
      readonly names: readonly Name[];
      /** Of triggers, policies and rules: the table. */
      readonly on: Name | null;
      readonly cascade: boolean;
      readonly ifExists: boolean;
      readonly concurrently: boolean;
    }
  | {
      readonly does: 'rename';
      /** `column`, `table`, `view`, `schema`, `type`, `index`, `constraint`, … */
      readonly kind: string;
      /** The object, or the table of a column or constraint. */
      readonly object: Name;
      readonly from: string;
      readonly to: string;
    }
  | { readonly does: 'set-schema'; readonly kind: string; readonly object: Name; readonly to: string }
  | { readonly does: 'create-enum'; readonly type: Name; readonly values: readonly string[] }
  | { readonly does: 'add-value'; readonly type: Name; readonly value: string }
  | { readonly does: 'rename-value'; readonly type: Name; readonly from: string; readonly to: string }
  | { readonly does: 'create-domain'; readonly domain: Name; readonly constrained: boolean; readonly type: SqlType }
  | {
      readonly does: 'alter-domain';
      readonly domain: Name;
      readonly part: 'constraint' | 'not-null' | 'validate' | 'other';
      readonly constraint: string | null;
      readonly validated: boolean;
    }
  | {
      readonly does: 'change-rows';
      readonly how: 'insert' | 'update' | 'delete' | 'merge';
      readonly table: Name;
      /** Columns that UPDATE sets, as often as it sets them. */
      readonly assigned: readonly string[];
      /** Columns that WHERE compares with constants. Empty: nothing bounds it. */
      readonly boundBy: readonly string[];
      /** A query with LIMIT names the rows. */
      readonly isBatch: boolean;
      /** INSERT from a query, not from values. */
      readonly fromQuery: boolean;
    }
  | { readonly does: 'truncate'; readonly tables: readonly Name[]; readonly cascade: boolean }
  | { readonly does: 'refresh'; readonly view: Name; readonly concurrently: boolean }
  | { readonly does: 'reindex'; readonly what: string; readonly object: Name; readonly concurrently: boolean }
  | { readonly does: 'vacuum'; readonly full: boolean; readonly tables: readonly Name[] }
  | { readonly does: 'cluster'; readonly table: Name }
  | { readonly does: 'lock-table'; readonly tables: readonly Name[]; readonly mode: number }
  | {
      readonly does: 'create-function';
      readonly function: Name;
      readonly language: string;
      /** As text. Empty where it was parsed with the statement. */
      readonly body: string;
      readonly securityDefiner: boolean;
      readonly fixesSearchPath: boolean;
      readonly volatility: 'volatile' | 'stable' | 'immutable';
    }
  | { readonly does: 'do'; readonly body: string }
  | { readonly does: 'create-trigger'; readonly trigger: string; readonly table: Name }
  | { readonly does: 'create-policy'; readonly policy: string; readonly table: Name; readonly everything: boolean }
  | {
      readonly does: 'grant';
      readonly revokes: boolean;
      readonly toPublic: boolean;
      readonly to: readonly string[];
      readonly all: boolean;
      readonly on: string;
    }
  | { readonly does: 'update-extension'; readonly extension: string; readonly version: string | null }
  | { readonly does: 'restart-sequence'; readonly sequence: Name }
  | { readonly does: 'set'; readonly setting: string; readonly value: string }
  | { readonly does: 'transaction'; readonly kind: string }
  | { readonly does: 'other'; readonly kind: string };

export type Does = Action['does'];
export type ActionOf<D extends Does> = Extract<Action, { readonly does: D }>;
