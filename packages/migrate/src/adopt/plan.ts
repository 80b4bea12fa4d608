import type { Leaving } from './draft.ts';

/** What an adoption will do, as a value: made by `planAdoption`, shown, carried out and stored. */

/** How a declared object and what the database has of it compare. */
export interface ObjectState {
  /** `<kind> <name>`, as in the catalog. */
  readonly object: string;
  readonly state: 'same' | 'renamed' | 'differs' | 'computed' | 'missing';
  /** What is done about it, or how it differs. NULL: nothing. */
  readonly how: string | null;
}

/** Something of the database that the domain does not declare, or declares otherwise, and that stays. */
export interface Kept {
  readonly object: string;
  readonly why: string;
}

/** A part of the declared schema that the old application's writes, or rows that are there, do not allow yet. */
export interface Waiting {
  readonly object: string;
  readonly why: string;
  /** Rows in its way. NULL: not counted. */
  readonly rows: number | null;
}

export interface Question {
  /** Key in the decisions file. */
  readonly id: string;
  readonly asks: string;
  /** Answers that are taken; a value in angle brackets is to be filled in. */
  readonly answers: readonly string[];
  /** The answer that loses nothing, which `--yes` takes. NULL: there is none. */
  readonly lossless: string | null;
}

/** Stages of the one transaction, in order. Retyping comes before the move: the definitions of dependent views still say the old names. */
export const STAGES = [
  'schema',
  'types',
  'loosen',
  'retype',
  'refasten',
  'move',
  'sequences',
  'columns',
  'tables',
  'names',
  'constraints',
  'indexes',
  'keys',
  'functions',
  'twins',
  'triggers',
  'views',
  'policies',
  'comments',
  'old names',
] as const;
export type Stage = (typeof STAGES)[number];

/** Statements and what takes them back. */
export interface Act {
  readonly stage: Stage;
  readonly about: string;
  readonly sql: string;
  /** In the order in which they run. Empty: nothing to take back. */
  readonly undo: readonly string[];
  /** It touches nothing that was found: it is done before the locks are taken. */
  readonly early: boolean;
}

/** A statement after the transaction, with a journal row of its own; those that cannot run in a transaction are here. */
export interface LaterStep {
  readonly about: string;
  readonly sql: string;
  readonly undo: readonly string[];
}

/** A column of a large table that gets another type beside reads and writes: a new column takes its place, before the one transaction of
 *  `--finish`. */
export interface TypeSwap {
  /** It lies in the domain's schema. */
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** NULL: the type's own. */
  readonly collation: string | null;
  /** The new value, over the column by its quoted name. */
  readonly using: string;
  /** NULL: the one that it has goes along. */
  readonly default: string | null;
  /** Whether values of the old and the new type can be compared, as a foreign key does. */
  readonly comparable: boolean;
  /** Checks and indexes whose words were written for the old type, by name: their words for the new one. */
  readonly rules: Readonly<Record<string, string>>;
  /** What reads the column and goes while it changes, and what comes back. */
  readonly gone: readonly string[];
  readonly anew: readonly string[];
  /** The same in one transaction, where the table is written anew. */
  readonly plain: readonly string[];
}

/** A declared column that is filled from its legacy columns, for the rows that are there. */
export interface Fill {
  readonly table: string;
  /** Where the table lies while it is filled, qualified and quoted. */
  readonly place: string;
  readonly column: string;
  /** Over the columns of the table. */
  readonly value: string;
  readonly key: { readonly column: string; readonly type: 'uuid' | 'bigint' | 'integer' | 'text' } | null;
  /** True: the column was there before, so what is filled is remembered, to be taken back. */
  readonly found: boolean;
}

/** Lock, and how long it is held or the work takes, for one statement. */
export interface Forecast {
  readonly about: string;
  readonly sql: string;
  /** The strongest lock on a table with rows. NULL: none that stands in anybody's way. */
  readonly lock: string | null;
  readonly ms: number;
  readonly inTransaction: boolean;
}

/** A table that is adopted, where it is now and by which name. */
export interface AdoptedTable {
  readonly name: string;
  readonly from: string;
  readonly legacyName: string;
  /** Columns that it has now, name → type: what the proof takes its checksums of. */
  readonly columns: Readonly<Record<string, string>>;
  /** Expression that gives a column's value as it was, where it has another type afterwards. */
  readonly asBefore: Readonly<Record<string, string>>;
}

export interface AdoptionPlan {
  readonly phase: 'adopt' | 'finish';
  readonly schema: string;
  readonly from: string;
  readonly objects: readonly ObjectState[];
  readonly unmanaged: readonly string[];
  readonly tables: readonly AdoptedTable[];
  readonly acts: readonly Act[];
  readonly fills: readonly Fill[];
  readonly swaps: readonly TypeSwap[];
  readonly later: readonly LaterStep[];
  readonly retained: readonly Kept[];
  readonly waiting: readonly Waiting[];
  readonly questions: readonly Question[];
  readonly notes: readonly string[];
  readonly leaving: readonly Leaving[];
}
