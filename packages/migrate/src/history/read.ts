import type { Sql } from 'postgres';
import type { AppliedMigration, HistoryState } from '../plan/plan.ts';

export const EMPTY_HISTORY: HistoryState = { applied: [], halfDone: new Set() };

/** What the history says of one domain, oldest name first. */
export async function readHistoryState(sql: Sql, domain: string): Promise<HistoryState> {
  const applied = await sql<AppliedMigration[]>`
    SELECT name, checksum, applied_at AS "appliedAt", applied_by AS "appliedBy", app_version AS "appVersion",
      duration_ms AS "durationMs", late
    FROM migrations.applied WHERE domain = ${domain} ORDER BY name COLLATE "C"`;
  const begun = await sql<{ name: string }[]>`
    SELECT DISTINCT name FROM migrations.steps s WHERE domain = ${domain}
      AND NOT EXISTS (SELECT FROM migrations.applied a WHERE a.domain = s.domain AND a.name = s.name)`;
  return {
    applied: applied.map((row) => ({ ...row, appliedAt: new Date(row.appliedAt) })),
    halfDone: new Set(begun.map(({ name }) => name)),
  };
}
