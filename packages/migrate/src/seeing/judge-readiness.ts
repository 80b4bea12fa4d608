import type { ErrorCode } from '../errors/codes.ts';
import type { MigrationState, Plan } from '../plan/plan.ts';
import type { CatalogVerdict } from './verify-catalog.ts';

/** What was seen of a database. */
export interface Observed {
  readonly plan: Plan;
  readonly catalog: CatalogVerdict;
  /** Declared tables and views that are not there, as `schema.name`. */
  readonly missing: readonly string[];
  /** Reference rows that are not there. NULL: their table was locked, and nobody looked. */
  readonly missingRows: readonly string[] | null;
}

export interface Readiness {
  readonly ready: boolean;
  /** `OK`, or the code of the gravest finding. */
  readonly code: 'OK' | ErrorCode;
  /** Why it is not ready; empty where it is. */
  readonly findings: readonly string[];
  /** What a person should know although it is ready. */
  readonly notes: readonly string[];
  /** Applied migrations that only a newer build knows. */
  readonly ahead: readonly string[];
}

const SETTLED = new Set<MigrationState>(['applied', 'unknown']);
const PENDING = new Set<MigrationState>(['pending', 'out of order', 'half done', 'half undone']);

/** Whether a database is what this build needs. Behind is not ready; ahead is ready, with a note. Pure. */
export function judgeReadiness(observed: Observed): Readiness {
  const { plan, catalog, missing, missingRows } = observed;
  const ahead = plan.migrations.filter(({ state }) => state === 'unknown').map(({ name }) => name);
  const findings = [
    ...plan.migrations.filter(({ state }) => !SETTLED.has(state)).map(({ name, state }) => `${name} is ${state}`),
    ...missing.map((name) => `${name} is not there`),
    ...(missingRows ?? []).map((name) => `${name}: reference row is missing`),
    ...catalog.findings,
  ];
  return {
    ready: findings.length === 0,
    code: codeOf(findings, observed),
    findings,
    notes: [
      ...(ahead.length === 0 ? [] : [`the database is newer than this build (${ahead.at(-1)})`]),
      ...(missingRows === null ? ['reference rows were not looked at: their table is locked'] : []),
      ...catalog.notes,
    ],
    ahead,
  };
}

function codeOf(findings: readonly string[], { plan, catalog }: Observed): 'OK' | ErrorCode {
  if (findings.length === 0) return 'OK';
  if (plan.migrations.some(({ state }) => PENDING.has(state))) return 'DB_PENDING';
  return findings.length === catalog.findings.length ? 'DB_DRIFT' : 'DB_NOT_READY_SCHEMA';
}
