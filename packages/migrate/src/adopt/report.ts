import type { DomainConfig } from '../config/config.ts';
import type { Target } from '../connect/target.ts';
import type { DataStep } from './data-steps.ts';
import type { Look } from './look.ts';
import type { Forecast, Kept, ObjectState, Question, Waiting } from './plan.ts';
import type { LedgerSeen } from './see-ledgers.ts';
import type { StoredAdoption } from './store.ts';

/** What was, or would be, done; the payload of `--json`. */
export interface AdoptReport {
  readonly domain: string;
  /** `user@host:port/database`. */
  readonly target: string;
  readonly schema: string;
  readonly fromSchema: string;
  readonly outcome: 'shown' | 'adopted' | 'nothing to do' | 'finished' | 'undone';
  /** Migrations that count as adopted, oldest first. */
  readonly adopted: readonly string[];
  readonly pending: readonly string[];
  readonly dataSteps: readonly DataStep[];
  readonly objects: readonly ObjectState[];
  readonly unmanaged: readonly string[];
  readonly retained: readonly Kept[];
  readonly waiting: readonly Waiting[];
  readonly questions: readonly Question[];
  readonly steps: readonly Forecast[];
  readonly ledgers: readonly LedgerSeen[];
  readonly notes: readonly string[];
  readonly sessions: readonly string[];
}

export function reportOf(
  domain: DomainConfig,
  { target, fromSchema }: { readonly target: Target; readonly fromSchema: string },
  { plan, adopted, pending, dataSteps, forecast, ledgers, sessions }: Look,
  outcome: AdoptReport['outcome'],
): AdoptReport {
  return {
    domain: domain.name,
    target: target.label,
    schema: domain.schema,
    fromSchema,
    outcome,
    adopted: adopted.map(({ name }) => name),
    pending,
    dataSteps,
    objects: plan.objects,
    unmanaged: plan.unmanaged,
    retained: plan.retained,
    waiting: plan.waiting,
    questions: plan.questions,
    steps: forecast,
    ledgers,
    notes: plan.notes,
    sessions,
  };
}

/** Of an adoption that was recorded before: what is known without a new look. */
export function storedReport(
  domain: DomainConfig,
  { target }: { readonly target: Target },
  { fromSchema, work, retained, waiting }: StoredAdoption,
  outcome: AdoptReport['outcome'],
): AdoptReport {
  return {
    domain: domain.name,
    target: target.label,
    schema: domain.schema,
    fromSchema,
    outcome,
    adopted: work.adopted,
    pending: [],
    dataSteps: [],
    objects: [],
    unmanaged: [],
    retained,
    waiting,
    questions: [],
    steps: [],
    ledgers: [],
    notes: [],
    sessions: [],
  };
}
