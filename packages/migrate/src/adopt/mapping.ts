/** What a domain knows of the running systems that `db adopt` cannot see in their catalogs. All of it is optional: without it objects
 *  are matched by name and definition. Keys are declared names, unqualified, as the catalog prints them without quotes. What a database
 *  does not have is passed over, so one mapping serves every age of a system.
 *
 *  Expressions are SQL over the columns of one row by their plain names, declared and legacy ones alike; a legacy column that a
 *  database lacks reads as NULL of its stated type. They must be immutable. */
export interface AdoptMapping {
  readonly tables: Readonly<Record<string, TableMapping>>;
}

/** One declared table. */
export interface TableMapping {
  /** Names that older systems gave it, in the schema that is adopted from; the first one that is there is taken. */
  readonly from?: readonly string[];
  /** Declared columns by name. */
  readonly columns?: Readonly<Record<string, ColumnMapping>>;
  /** Tightening that the old application's writes would violate, also where no row violates it today: it waits for `--finish`.
   *  Key: the name of a declared constraint, index or trigger, `<column> not null`, `<column> type`, or `row security`; value: why. */
  readonly waits?: Readonly<Record<string, string>>;
  /** Which of several rows stays where a unique key is in the way, by the name of the declared key. Absent: the one with the smallest
   *  primary key, else the oldest version. The others go to `<table>_quarantine`. */
  readonly duplicates?: Readonly<Record<string, DuplicateRule>>;
  /** What `--finish` does to rows that the declared schema does not allow, in order, before it asks the data. */
  readonly rows?: readonly RowRule[];
}

/** How a declared column gets its values. */
export interface ColumnMapping {
  /** The rule in words; shown in the plan. */
  readonly rule: string;
  /** Columns of the running system that it stands for: name → SQL type there. They stay in the table as its twins until `--finish`:
   *  whichever side is written, a BEFORE trigger fills the other. Absent: it stands for none. */
  readonly legacy?: Readonly<Record<string, string>>;
  /** The declared value from the legacy columns. NULL: unknown. Needed with `legacy`. */
  readonly value?: string;
  /** Legacy column → its value from declared columns, for rows that the new application writes. One that is not listed stays NULL. */
  readonly back?: Readonly<Record<string, string>>;
  /** Time zone in which the running system writes a column without one, for example `UTC`. */
  readonly timeZone?: string;
  /** The value of rows that are there already, for a declared NOT NULL column without a default that a database lacks. */
  readonly fill?: string;
  /** Keeps the running system's default until `--finish`. */
  readonly keepDefault?: true;
}

export interface DuplicateRule {
  /** ORDER BY list: the first row of each key stays. */
  readonly keep: string;
}

/** Rows that go, or change, at `--finish`. Exactly one of `set` and `quarantine`. */
export interface RowRule {
  /** The rule in words; shown, and written into the quarantine as the reason. */
  readonly rule: string;
  /** Which rows: a condition. */
  readonly where: string;
  /** New values, column → expression. The row as it was is kept in the quarantine. */
  readonly set?: Readonly<Record<string, string>>;
  /** Takes the rows out of the table. */
  readonly quarantine?: true;
}
