import type { Sql, TransactionSql } from 'postgres';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type HistoryStatement, prepareStatements, sqlLiteral, statementText } from './history-statement.ts';

export interface AppliedBy {
  readonly domain: string;
  /** NULL: unknown. */
  readonly appVersion: string | null;
  readonly late: boolean;
  /** True where the session has been given to `prepareForMany`. Absent: false. */
  readonly isPrepared?: boolean;
}

/** With a second parameter it fails where that migration is not applied: `domain` takes no NULL. */
const INSERT_APPLIED: HistoryStatement = {
  name: '"@repo/migrate: insert applied"',
  types: 'text, text, text, text, text, text, text, boolean',
  sql: `INSERT INTO migrations.applied (domain, name, checksum, down_sql, down_checksum, app_version, late)
    VALUES (CASE WHEN $2 IS NULL THEN $1 ELSE (SELECT domain FROM migrations.applied WHERE domain = $1 AND name = $2) END,
      $3, $4, $5, $6, $7, $8)`,
};

/** Without a duration: the age of the transaction. */
const FINISH_APPLIED: HistoryStatement = {
  name: '"@repo/migrate: finish applied"',
  types: 'text, text, integer',
  sql: `WITH finished AS (
      UPDATE migrations.applied SET applied_at = clock_timestamp(),
        duration_ms = coalesce($3, extract(epoch FROM clock_timestamp() - transaction_timestamp()) * 1000)
      WHERE domain = $1 AND name = $2 RETURNING domain, name, duration_ms, app_version, late)
    INSERT INTO migrations.journal (domain, name, event, detail)
    SELECT domain, name, 'applied',
      jsonb_strip_nulls(jsonb_build_object('durationMs', duration_ms, 'appVersion', app_version, 'late', late)) FROM finished`,
};

/** A session that is to apply many migrations plans these statements once. */
export async function prepareForMany(sql: Sql): Promise<void> {
  await prepareStatements(sql, [INSERT_APPLIED, FINISH_APPLIED]);
}

/** Records a migration as applied. The first statement of its transaction: the primary key stops a second migrator here. */
export async function insertApplied(
  sql: Sql | TransactionSql,
  migration: ParsedMigration,
  by: AppliedBy,
): Promise<void> {
  await sql.unsafe(insertAppliedText(migration, by));
}

/** The same as SQL. With `after` it fails where that migration is not applied. */
export function insertAppliedText(
  { name, checksum, down }: ParsedMigration,
  { domain, appVersion, late, isPrepared = false }: AppliedBy,
  after: string | null = null,
): string {
  const values = [domain, after, name, checksum, down?.sql ?? null, down?.checksum ?? null, appVersion, late];
  return statementText(INSERT_APPLIED, values, isPrepared);
}

/** Completes a migration's row with the time that it took, in whole milliseconds, and tells the journal: the last statement of its
 *  transaction, as SQL. `durationMs` NULL: the age of the transaction. */
export function finishAppliedText(
  { name }: ParsedMigration,
  { domain, isPrepared = false }: AppliedBy,
  durationMs: number | null = null,
): string {
  return statementText(FINISH_APPLIED, [domain, name, durationMs], isPrepared);
}

/** `started` and `finished` are of a whole run, named `*`; a run without its `finished` was cut. */
export type JournalEvent =
  | 'started'
  | 'finished'
  | 'applied'
  | 'failed'
  | 'backfilled'
  | 'rolled back'
  | 'rollback failed'
  | 'marked production'
  | 'marked applied'
  | 'marked pending'
  | 'repaired'
  | 'imported'
  | 'adopted'
  | 'adoption finished'
  | 'adoption undone'
  | 'reset'
  | 'restored'
  | 'consolidated';

/** Appends to the journal; `detail` holds no row values and no secrets. */
export async function journal(
  sql: Sql | TransactionSql,
  domain: string,
  name: string,
  event: JournalEvent,
  detail: JournalDetail = {},
): Promise<void> {
  await sql.unsafe(journalText(domain, name, event, detail));
}

/** The same as SQL. */
export function journalText(domain: string, name: string, event: JournalEvent, detail: JournalDetail): string {
  const values = [domain, name, event, JSON.stringify(detail)].map(sqlLiteral);
  return `INSERT INTO migrations.journal (domain, name, event, detail) VALUES (${values.join(', ')})`;
}

type JournalDetail = Readonly<Record<string, string | number | boolean | null>>;
