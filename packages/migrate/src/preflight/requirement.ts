import type { RelationName } from '../online/relation-name.ts';

/** What a statement asks of the rows that are there. */
export interface Requirement {
  readonly kind: 'not null' | 'unique' | 'check' | 'foreign key' | 'type' | 'enum value';
  readonly table: RelationName;
  /** In words: what no row may be in the way of. */
  readonly what: string;
  /** True for a row in the way; over the table's columns, the table without an alias. */
  readonly condition: string;
  /** A statement that would clear them away, for a person to think about. */
  readonly repair: string;
  /** What it reads, `schema.table column`: where the run itself changes one of them first, the rows cannot be asked before. */
  readonly reads: readonly string[];
}

/** A requirement of a pending migration. */
export interface PendingRequirement extends Requirement {
  readonly migration: string;
  /** File and line. */
  readonly at: string;
  /** `start`: before the run touches anything. `turn`: an earlier migration of the run changes what it reads, so just before its own. */
  readonly when: 'start' | 'turn';
}

/** Rows that a migration would stumble over. */
export interface InTheWay {
  readonly migration: string;
  readonly at: string;
  readonly kind: Requirement['kind'];
  readonly what: string;
  readonly rows: number;
  /** Keys of some of them: `id=7`. No other value of a row is read out. */
  readonly keys: readonly string[];
  readonly repair: string;
}

/** A question that had no answer in time. */
export interface NotAnswered {
  readonly migration: string;
  readonly at: string;
  readonly what: string;
  readonly why: string;
}

export interface Answer {
  readonly inTheWay: readonly InTheWay[];
  readonly notAnswered: readonly NotAnswered[];
}
