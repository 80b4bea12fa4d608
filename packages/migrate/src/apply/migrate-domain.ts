import { join } from 'node:path';
import { requireWholeAdoption } from '../adopt/store.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Hooks } from '../config/hooks.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { heldNow } from '../contract/held-now.ts';
import type { HoldBack } from '../contract/hold-back.ts';
import { type RecordedLate, settleRecording, withRecordedCatalog } from '../drift/with-recorded-catalog.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { type ParsedMigration, parseMigration } from '../files/parse-migration.ts';
import { readHistory } from '../files/read-history.ts';
import { requirePurposes } from '../files/unsaid-purpose.ts';
import { ensureHistory } from '../history/ensure.ts';
import { type Recording, readHistoryOf } from '../history/read.ts';
import { prepareForMany } from '../history/write.ts';
import { type LockHolder, lockName, withLock } from '../lock/try-lock.ts';
import { type MigrationState, type Plan, planMigrations } from '../plan/plan.ts';
import { refusal } from '../plan/refusal.ts';
import { NO_QUESTIONS, type Preflight, prepareQuestions, requireNone } from '../preflight/preflight.ts';
import { loadGrammar } from '../sql/parse.ts';
import { touchedObjects } from '../sql/touches.ts';
import { withSpan } from '../telemetry/spans.ts';
import { applyOne } from './apply-one.ts';
import type { ApplyObserver } from './observer.ts';
import { createPipeline } from './pipeline.ts';
import type { AppliedNow, ApplyEvent, MigrateResult, PlannedApply } from './report.ts';
import { withHooks } from './with-hooks.ts';

export interface MigrateOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  /** Stop after this migration. Absent: the newest. */
  readonly to?: string | undefined;
  /** Plan and check everything, change nothing. */
  readonly dryRun?: boolean;
  /** Late migrations that a person has allowed in spite of an overlap. */
  readonly allowLate?: ReadonlySet<string>;
  /** Contract migrations that a person lets go although older builds are connected. */
  readonly allowContract?: ReadonlySet<string>;
  /** Milliseconds to wait for another migrator; 60 s unless said. */
  readonly lockWaitMs?: number;
  /** Recorded in the history. Absent: unknown. */
  readonly appVersion?: string | undefined;
  readonly onEvent?: (event: ApplyEvent) => void;
  readonly hooks?: Hooks | undefined;
  /** False: the rows are not asked whether they are in the way. */
  readonly preflight?: boolean;
  /** Only a rehearsal passes one. */
  readonly observer?: ApplyObserver | undefined;
}

/** Brings one domain to the head of its history, or to `to`: files × history → plan → lock → apply. Safe with any number of
 *  migrators at once. Nothing is skipped: what the plan cannot explain is refused before anything is touched.
 *  @throws {DbError} with the domain in it; every code of docs/errors.md that says so */
export async function migrateDomain(domain: DomainConfig, options: MigrateOptions): Promise<MigrateResult> {
  try {
    // The files are read while the server opens the session; what is wrong with them is told first.
    const [opened, read] = await Promise.allSettled([
      openSession(options.target, { app: `db migrate ${domain.name}`, readOnly: options.dryRun === true }),
      readHistory(join(options.root, domain.migrations), options.root),
    ]);
    await using session = opened.status === 'fulfilled' ? opened.value : null;
    if (read.status === 'rejected') throw read.reason;
    if (session === null) throw (opened as PromiseRejectedResult).reason;
    try {
      return await migrateOn(session, domain, read.value, options);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, options.target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

async function migrateOn(
  session: Session,
  domain: DomainConfig,
  files: readonly MigrationFile[],
  options: MigrateOptions,
): Promise<MigrateResult> {
  const { plan: first, recording } = await planOf(session, domain, files);
  // The quick way out takes no lock: nothing pending now is nothing to do, whatever another migrator does.
  const { apply, held } = await admit(session, domain, first, files, options);
  if (apply.length === 0 || options.dryRun === true) {
    if (options.dryRun !== true && (recording === 'open' || recording === 'missing')) {
      await settleUnlessBusy(session, domain, options);
    }
    const done = result(domain, options, first, [], { apply, held });
    if (options.dryRun !== true) return done;
    const { atStart } = await questions(session, domain, apply, options);
    return { ...done, dryRun: true, wouldApply: apply.map(notYet(first)), rows: await atStart() };
  }
  const preflight = await questions(session, domain, apply, options);
  const answer = await preflight.atStart();
  for (const question of answer.notAnswered)
    options.onEvent?.({ type: 'not answered', domain: domain.name, ...question });
  requireNone(answer);
  const pending = apply.map(({ name }) => name);
  const applied: AppliedNow[] = [];
  const hook = { domain: domain.name, target: options.target.label, pending };
  return await withHooks(options.hooks, hook, applied, () =>
    withSpan('db.migrate', { 'db.domain': domain.name }, () =>
      applyPending(session, domain, files, applied, { ...options, questions: preflight }),
    ),
  );
}

/** What pending migrations ask of the rows; nothing where nobody wants it asked. */
async function questions(
  session: Session,
  { schema }: DomainConfig,
  pending: readonly ParsedMigration[],
  { preflight }: MigrateOptions,
): Promise<Preflight> {
  return preflight === false || pending.length === 0 ? NO_QUESTIONS : await prepareQuestions(session, schema, pending);
}

/** Everything that is pending, under the lock; `applied` grows as it goes. */
async function applyPending(
  session: Session,
  domain: DomainConfig,
  files: readonly MigrationFile[],
  applied: AppliedNow[],
  options: MigrateOptions & { readonly questions: Preflight },
): Promise<MigrateResult> {
  const { onEvent, appVersion = null, observer } = options;
  const lock = {
    waitMs: options.lockWaitMs ?? 60_000,
    onWait: (holder: LockHolder | undefined) => onEvent?.({ type: 'waiting', domain: domain.name, holder }),
  };
  await ensureHistory(session, lock);
  return await withLock(session, lockName.domain(domain.name), lock, async () => {
    const { plan } = await planOf(session, domain, files);
    const admitted = await admit(session, domain, plan, files, options);
    const { apply: pending } = admitted;
    const isPrepared = await preparedForMany(session, pending);
    const isLate = lateNames(plan);
    const by = ({ name }: MigrationFile) => ({ domain: domain.name, appVersion, late: isLate.has(name), isPrepared });
    const { inTurn: ask, waits } = options.questions;
    const pipeline = createPipeline(session, pending, by, observer, waits);
    const applyAll = async () => {
      for (const migration of pending)
        applied.push(
          await applyOne(session, domain, migration, { by: by(migration), pipeline, onEvent, observer, ask }),
        );
    };
    if (pending.length === 0) await settle(session, domain, options);
    else {
      await requireWholeAdoption(session.sql, domain.name);
      const run = { act: 'migrate', migrations: pending.length, appVersion } as const;
      await withRecordedCatalog(session, domain, applyAll, { ...run, onRecorded: recorded(domain, options) });
    }
    return result(domain, options, plan, applied, admitted);
  });
}

const MANY = 10;

/** Whether the session keeps the engine's own statements prepared: not where a migration may take them away. */
async function preparedForMany({ sql }: Session, pending: readonly ParsedMigration[]): Promise<boolean> {
  if (pending.length < MANY || pending.some((migration) => /deallocate|discard/i.test(migration.sql))) return false;
  await prepareForMany(sql);
  return true;
}

/** A backend whose migrator was killed gives its lock back within this time, in milliseconds. */
const SETTLE_WAIT_MS = 2000;

/** Records what a run that was cut, or a history from a script, has left to record. A migrator at work does it himself. */
async function settleUnlessBusy(session: Session, domain: DomainConfig, options: MigrateOptions): Promise<void> {
  const lock = { waitMs: Math.min(SETTLE_WAIT_MS, options.lockWaitMs ?? SETTLE_WAIT_MS), onWait: () => {} };
  await withLock(session, lockName.domain(domain.name), lock, () => settle(session, domain, options)).catch((error) => {
    if (!(error instanceof DbError && error.code === 'DB_MIGRATOR_BUSY')) throw error;
  });
}

async function settle(session: Session, domain: DomainConfig, options: MigrateOptions): Promise<void> {
  const why = await settleRecording(session, domain);
  if (why !== null) recorded(domain, options)(why);
}

function recorded(domain: DomainConfig, { onEvent }: MigrateOptions): (why: RecordedLate) => void {
  return (why) => onEvent?.({ type: 'recorded', domain: domain.name, why });
}

async function planOf(
  session: Session,
  domain: DomainConfig,
  files: readonly MigrationFile[],
): Promise<{ readonly plan: Plan; readonly recording: Recording }> {
  const history = await readHistoryOf(session, domain.name);
  return { plan: planMigrations(files, history), recording: history.recording };
}

type Admitted = Pick<HoldBack, 'apply' | 'held'>;

/** The parsed migrations to apply, in order, and those that wait for older builds; or the refusal. Nothing is parsed where nothing is
 *  pending. */
async function admit(
  session: Session,
  domain: DomainConfig,
  plan: Plan,
  files: readonly MigrationFile[],
  options: MigrateOptions,
): Promise<Admitted> {
  if (plan.pending.length > 0) await loadGrammar();
  const byName = new Map(files.map((file) => [file.name, file]));
  const touched = (name: string) => {
    const file = byName.get(name);
    return file === undefined ? new Set<string>() : touchedObjects(parseMigration(file).statements);
  };
  for (const name of [
    ...(options.allowLate ?? []),
    ...(options.allowContract ?? []),
    ...(options.to === undefined ? [] : [options.to]),
  ]) {
    if (!byName.has(name))
      throw new DbError('DB_MIGRATION_UNKNOWN', { why: `expected the name of a migration, got ${name}` });
  }
  const refused = refusal(plan, touched, options.allowLate);
  if (refused !== null) throw refused;
  const { to } = options;
  const pending = plan.pending.filter(({ name }) => to === undefined || name <= to);
  requirePurposes(pending);
  return await heldNow(session, domain.name, pending.map(parseMigration), options.allowContract);
}

function lateNames({ migrations }: Plan): ReadonlySet<string> {
  return new Set(migrations.filter(({ state }) => state === 'out of order').map(({ name }) => name));
}

function notYet(plan: Plan): (migration: ParsedMigration) => PlannedApply {
  const late = lateNames(plan);
  return ({ name, header, sql }) => ({
    name,
    late: late.has(name),
    how: header.noTransaction ? 'statement by statement' : 'transaction',
    afterBackfills: header.afterBackfill,
    sql,
  });
}

function result(
  domain: DomainConfig,
  options: MigrateOptions,
  plan: Plan,
  applied: readonly AppliedNow[],
  { apply, held }: Admitted,
): MigrateResult {
  const of = (state: MigrationState) => plan.migrations.filter((one) => one.state === state).map(({ name }) => name);
  const [ahead, abandoned] = [of('unknown'), of('half done, file missing')];
  if (abandoned.length > 0) options.onEvent?.({ type: 'abandoned', domain: domain.name, names: abandoned });
  if (ahead.length > 0) options.onEvent?.({ type: 'ahead', domain: domain.name, names: ahead });
  for (const contract of held) options.onEvent?.({ type: 'held', domain: domain.name, ...contract });
  const taken = new Set([...apply, ...held].map(({ name }) => name));
  const left = plan.pending.map(({ name }) => name).filter((name) => !taken.has(name));
  return { domain: domain.name, target: options.target.label, applied, left, held, ahead, abandoned };
}
