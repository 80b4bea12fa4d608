import type { HalfAdoption } from '../adopt/store.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Plan } from '../plan/plan.ts';
import { judgeHistory } from './judge-history.ts';
import type { CatalogVerdict } from './verify-catalog.ts';

/** What was seen of a database. */
export interface Observed {
  readonly plan: Plan;
  readonly catalog: CatalogVerdict;
  /** Declared tables and views that are not there, as `schema.name`. */
  readonly missing: readonly string[];
  /** Reference rows that are not there. NULL: their table was locked, and nobody looked. */
  readonly missingRows: readonly string[] | null;
  /** An adoption that was begun and is not through. NULL: there is none. */
  readonly adoption: HalfAdoption | null;
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

/** Whether a database is what this build needs. Behind is not ready; ahead is ready, with a note. Pure. */
export function judgeReadiness({ plan, catalog, missing, missingRows, adoption }: Observed): Readiness {
  const history = judgeHistory(plan);
  const rows = (missingRows ?? []).map((name) => `${name}: reference row is missing`);
  const half = adoption === null ? [] : [`${adoption.why}: ${adoption.fix}`];
  // The new application works while its adoption is being finished.
  const hindered = adoption?.state === 'adopting';
  const findings = [
    ...(hindered ? half : []),
    ...history.open.map(({ name, state }) => `${name} is ${state}`),
    ...missing.map((name) => `${name} is not there`),
    ...rows,
    ...catalog.findings,
  ];
  return {
    ready: findings.length === 0,
    code: hindered ? 'DB_ADOPT_STATE' : codeOf(history.code, missing.length + rows.length > 0, catalog),
    findings,
    notes: [
      ...(hindered ? [] : half),
      ...(history.ahead.length === 0
        ? []
        : [`the database is newer than this build, which does not know ${history.ahead.join(', ')}`]),
      ...history.contracts.map((name) => `contract ${name} is not applied yet: it waits for older builds`),
      ...(missingRows === null ? ['reference rows were not looked at: their table is locked'] : []),
      ...catalog.notes,
    ],
    ahead: history.ahead,
  };
}

function codeOf(history: 'OK' | ErrorCode, somethingMissing: boolean, catalog: CatalogVerdict): 'OK' | ErrorCode {
  if (history !== 'OK') return history;
  if (somethingMissing) return 'DB_NOT_READY_SCHEMA';
  return catalog.findings.length > 0 ? 'DB_DRIFT' : 'OK';
}
