import type { Sql } from 'postgres';
import type { Session } from '../connect/session.ts';
import { sqlStateOf } from '../errors/from-driver.ts';
import type { AppliedMigration, HistoryState } from '../plan/plan.ts';
import { historyPresence, requireFormat } from './ensure.ts';
import { sqlLiteral } from './history-statement.ts';

/** Where the recording of a domain's expected catalog stands: nothing is applied and nothing recorded; the history was made without
 *  the engine (`db script`); a run has begun and not recorded its end; recorded. */
export type Recording = 'empty' | 'missing' | 'open' | 'recorded';

export interface HistoryRead extends HistoryState {
  readonly recording: Recording;
  /** SHA-256 of the expected catalog. NULL: none is recorded. */
  readonly catalogHash: string | null;
}

export const EMPTY_HISTORY: HistoryRead = { applied: [], halfDone: new Set(), recording: 'empty', catalogHash: null };

/** undefined_table, invalid_schema_name, undefined_column: there are no history tables, or they are not of this format. */
const NOT_OURS = new Set<string | undefined>(['42P01', '3F000', '42703']);

/** What the history says of one domain, empty where there is none yet; one round trip where there is one. Read-only.
 *  @throws {DbError} DB_HISTORY_FOREIGN, DB_HISTORY_NEWER */
export async function readHistoryOf(session: Session, domain: string): Promise<HistoryRead> {
  try {
    return await readHistoryState(session.sql, domain);
  } catch (error) {
    if (!NOT_OURS.has(sqlStateOf(error))) throw error;
    // Where another migrator has made them meanwhile, they are read again.
    return (await historyPresence(session)) === 'absent' ? EMPTY_HISTORY : await readHistoryState(session.sql, domain);
  }
}

/** What the history says of one domain at one moment, oldest name first, in one round trip. Outside of a transaction; the history
 *  tables must be there.
 *  @throws {DbError} DB_HISTORY_FOREIGN, DB_HISTORY_NEWER */
export async function readHistoryState(sql: Sql, domain: string): Promise<HistoryRead> {
  const d = sqlLiteral(domain);
  // Four plain statements: a new session plans them in half the time of one that joins them. Many rows are read fastest as JSON.
  // Statements sent together are one transaction; its snapshot is theirs.
  const answers: unknown = await sql.unsafe(`
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
    SELECT value AS format FROM migrations.settings WHERE key = 'format';
    SELECT json_agg(a) AS applied FROM (
      SELECT name, checksum, applied_at AS "appliedAt", applied_by AS "appliedBy", app_version AS "appVersion", duration_ms AS "durationMs", late
      FROM migrations.applied WHERE domain = ${d}) AS a;
    SELECT name FROM migrations.steps WHERE domain = ${d};
    SELECT base IS NOT NULL AS open, expected_hash AS hash FROM migrations.catalogs WHERE domain = ${d}`);
  const [, [settings], [{ applied }], steps, [catalog]] = answers as Answers;
  requireFormat(settings?.format);
  return {
    applied: (applied ?? [])
      .map((migration) => ({ ...migration, appliedAt: new Date(migration.appliedAt) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    halfDone: new Set(steps.map(({ name }) => name)),
    recording: catalog === undefined ? (applied === null ? 'empty' : 'missing') : catalog.open ? 'open' : 'recorded',
    catalogHash: catalog?.hash ?? null,
  };
}

type Answers = readonly [
  unknown,
  readonly { readonly format: string }[],
  readonly [
    { readonly applied: readonly (Omit<AppliedMigration, 'appliedAt'> & { readonly appliedAt: string })[] | null },
  ],
  readonly { readonly name: string }[],
  readonly { readonly open: boolean; readonly hash: string | null }[],
];
