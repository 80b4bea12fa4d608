/** One statement of an application with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly (string | number | boolean | null)[];
}

/** A deviation from the production catalog that a real installation may have. */
export interface Variant {
  /** kebab-case; unique within its bed. */
  readonly name: string;
  /** What happened there, in one sentence. */
  readonly hazard: string;
  /** Applied on top of the production bed, in one transaction. */
  readonly sql: string;
  readonly expect?: Expectation;
}

/** What adoption must leave behind beyond what holds for every bed (nothing lost, target reached). Relations are named without schema:
 *  adoption may move them. */
export interface Expectation {
  /** Relations, `relation.column` and functions (`name()`) that nobody declares and that stay. */
  readonly keeps?: readonly string[];
  /** Rows that stand in the way of a unique key, by table: copied to its quarantine, at the latest by `--finish`. */
  readonly quarantines?: Readonly<Record<string, number>>;
  /** Declared objects (parts of their names) that stay as they were found: the rows allow no other way. */
  readonly differs?: readonly string[];
  /** Answers of the typed queries that are as declared only once the adoption is finished. */
  readonly untilFinish?: readonly string[];
  /** Indexes that were INVALID, and are valid after an adoption that was taken back: the server builds them again with their column. */
  readonly mends?: readonly string[];
}

/** An application of before the adoption: it knows tables by their plain names. */
export interface OldApplication {
  /** What it runs on each new start, for tables and indexes that it misses. */
  readonly start: readonly string[];
  /** One round of its usual writes and reads; equal numbers give equal statements, different numbers never collide. */
  readonly round: (n: number) => readonly Statement[];
  /** Where the one row is that round `n` leaves in a table. */
  readonly trace: (n: number) => { readonly table: string; readonly where: string };
}

/** One legacy database: its catalog and rows are SQL files in the folder of its name. */
export interface Bed {
  readonly domain: 'audit' | 'bot' | 'optimizer' | 'train' | 'video';
  /** The tables that its domain declares too. */
  readonly tables: readonly string[];
  readonly application: OldApplication;
  readonly variants: readonly Variant[];
}
