import type { Sql } from 'postgres';

/** Rows of one table that a seed wrote or found. */
export interface SeedCount {
  /** Unqualified table name. */
  readonly table: string;
  /** Rows that this run inserted; 0 when all were there. */
  readonly inserted: number;
  /** Rows that the seed stands for, inserted or found. */
  readonly rows: number;
}

export interface DemoOptions {
  /** Rows per table, where the table's meaning does not bound them (plans stay four). */
  readonly rows: number;
  /** Called after each batch. */
  readonly onProgress: (table: string, done: number, total: number) => void;
}

/** Seeds are idempotent and deterministic: a second run inserts nothing, and equal options give equal rows. */
export interface Seed {
  /** Rows that code depends on. Safe on production. */
  readonly reference: (sql: Sql) => Promise<readonly SeedCount[]>;
  /** Reference rows that are not there, as `table key`; empty when all are. Read-only. */
  readonly missing: (sql: Sql) => Promise<readonly string[]>;
  /** Reference rows that are there, as `table key`, for `db verify --verbose`. Absent: they are not listed. Read-only. */
  readonly present?: (sql: Sql) => Promise<readonly string[]>;
  /** A realistic demo data set in every table. Never for production. */
  readonly demo: (sql: Sql, options: DemoOptions) => Promise<readonly SeedCount[]>;
}
