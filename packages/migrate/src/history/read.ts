import type { Sql } from 'postgres';
import type { AppliedMigration, HistoryState } from '../plan/plan.ts';

/** Where the recording of a domain's expected catalog stands: nothing is applied and nothing recorded; the history was made without
 *  the engine (`db script`); a run has begun and not recorded its end; recorded. */
export type Recording = 'empty' | 'missing' | 'open' | 'recorded';

export interface HistoryRead extends HistoryState {
  readonly recording: Recording;
  /** SHA-256 of the expected catalog. NULL: none is recorded. */
  readonly catalogHash: string | null;
}

export const EMPTY_HISTORY: HistoryRead = { applied: [], halfDone: new Set(), recording: 'empty', catalogHash: null };

interface Row {
  readonly applied: readonly (Omit<AppliedMigration, 'appliedAt'> & { readonly appliedAt: string })[];
  readonly halfDone: readonly string[];
  readonly recording: Recording;
  readonly catalogHash: string | null;
}

/** What the history says of one domain, oldest name first, in one round trip. */
export async function readHistoryState(sql: Sql, domain: string): Promise<HistoryRead> {
  const [row] = await sql<Row[]>`
    SELECT (SELECT coalesce(json_agg(json_build_object('name', name, 'checksum', checksum, 'appliedAt', applied_at, 'appliedBy', applied_by,
        'appVersion', app_version, 'durationMs', duration_ms, 'late', late) ORDER BY name COLLATE "C"), '[]')
      FROM migrations.applied WHERE domain = d) AS applied,
      (SELECT coalesce(json_agg(DISTINCT name), '[]') FROM migrations.steps WHERE domain = d) AS "halfDone",
      coalesce((SELECT CASE WHEN base IS NULL THEN 'recorded' ELSE 'open' END FROM migrations.catalogs WHERE domain = d),
        CASE WHEN EXISTS (SELECT FROM migrations.applied WHERE domain = d) THEN 'missing' ELSE 'empty' END) AS recording,
      (SELECT expected_hash FROM migrations.catalogs WHERE domain = d) AS "catalogHash"
    FROM (SELECT ${domain}::text AS d) AS asked`;
  if (row === undefined) return EMPTY_HISTORY;
  return {
    applied: row.applied.map((migration) => ({ ...migration, appliedAt: new Date(migration.appliedAt) })),
    halfDone: new Set(row.halfDone),
    recording: row.recording,
    catalogHash: row.catalogHash,
  };
}
