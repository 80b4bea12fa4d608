import type { Sql } from 'postgres';
import { loadGrammar } from '../sql/parse.ts';
import { withoutValues } from '../sql/without-values.ts';
import { CONFLICTS, type LockMode } from './lock-modes.ts';
import type { TableLock } from './resolve-locks.ts';

/** A session that stands in the way of a lock. */
export interface Blocker {
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** Age of its transaction in milliseconds. */
  readonly ageMs: number;
  readonly table: string;
  /** Its last statement without values, and a fingerprint that is equal for equal shapes. */
  readonly query: string;
  readonly fingerprint: string;
  readonly isAutovacuum: boolean;
}

/** Sessions that hold a conflicting lock on one of the tables, oldest transaction first. */
export async function findBlockers(sql: Sql, locks: readonly TableLock[]): Promise<readonly Blocker[]> {
  if (locks.length === 0) return [];
  const wanted = locks.flatMap(({ oid, table, mode }) => conflicting(mode).map((held) => ({ oid, table, held })));
  const rows = await sql<(Omit<Blocker, 'query' | 'fingerprint'> & { query: string })[]>`
    SELECT DISTINCT ON (a.pid) a.pid, a.application_name AS application, coalesce(a.usename, '') AS "user", w."table",
      (extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.state_change)) * 1000)::float8 AS "ageMs",
      coalesce(a.query, '') AS query, a.backend_type = 'autovacuum worker' AS "isAutovacuum"
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) AS w(oid oid, "table" text, held text)
    JOIN pg_locks l ON l.locktype = 'relation' AND l.granted AND l.relation = w.oid AND l.mode = w.held
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.pid <> pg_backend_pid() ORDER BY a.pid`;
  if (rows.length > 0) await loadGrammar();
  return rows.map((row) => ({ ...row, ...withoutValues(row.query) })).sort((a, b) => b.ageMs - a.ageMs);
}

function conflicting(mode: LockMode): readonly string[] {
  return CONFLICTS[mode];
}

export function describeBlocker({ pid, application, user, ageMs, table, query }: Blocker): string {
  return `pid ${pid} (${application || 'no application_name'}, user ${user}) has held ${table} for ${Math.round(ageMs)} ms: ${query}`;
}
