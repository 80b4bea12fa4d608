import type { Sql, TransactionSql } from 'postgres';
import type { ParsedMigration } from '../files/parse-migration.ts';

export interface AppliedBy {
  readonly domain: string;
  /** NULL: unknown. */
  readonly appVersion: string | null;
  readonly late: boolean;
}

/** Records a migration as applied. The first statement of its transaction: the primary key stops a second migrator here. */
export async function insertApplied(
  sql: Sql | TransactionSql,
  migration: ParsedMigration,
  by: AppliedBy,
): Promise<void> {
  await sql`
    INSERT INTO migrations.applied (domain, name, checksum, down_sql, down_checksum, app_version, late)
    VALUES (${by.domain}, ${migration.name}, ${migration.checksum}, ${migration.down?.sql ?? null},
      ${migration.down?.checksum ?? null}, ${by.appVersion}, ${by.late})`;
}

/** Completes the row with the time it took, in whole milliseconds. */
export async function setDuration(
  sql: Sql | TransactionSql,
  domain: string,
  name: string,
  durationMs: number,
): Promise<void> {
  await sql`
    UPDATE migrations.applied SET duration_ms = ${Math.round(durationMs)}, applied_at = clock_timestamp()
    WHERE domain = ${domain} AND name = ${name}`;
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
  | 'reset';

/** Appends to the journal; `detail` holds no row values and no secrets. To `applied` it adds how long that took and by which version,
 *  from the migration's row. */
export async function journal(
  sql: Sql | TransactionSql,
  domain: string,
  name: string,
  event: JournalEvent,
  detail: Readonly<Record<string, string | number | boolean | null>> = {},
): Promise<void> {
  await sql`
    INSERT INTO migrations.journal (domain, name, event, detail)
    SELECT d, n, e, coalesce((
      SELECT jsonb_strip_nulls(jsonb_build_object('durationMs', duration_ms, 'appVersion', app_version))
      FROM migrations.applied WHERE e = 'applied' AND domain = d AND name = n), '{}') || ${JSON.stringify(detail)}::text::jsonb
    FROM (SELECT ${domain}::text AS d, ${name}::text AS n, ${event}::text AS e) AS entry`;
}
