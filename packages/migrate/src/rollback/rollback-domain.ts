import { join } from 'node:path';
import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { readRecording } from '../drift/recording.ts';
import { settleRecording, withRecordedCatalog } from '../drift/with-recorded-catalog.ts';
import { inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { readHistory } from '../files/read-history.ts';
import { historyPresence } from '../history/ensure.ts';
import { refuseProduction } from '../history/production.ts';
import { type LockHolder, lockName, withLock } from '../lock/try-lock.ts';
import { loadGrammar } from '../sql/parse.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { RollbackExtent } from './extent.ts';
import { planRollback, type RollbackPlan } from './plan-rollback.ts';
import { NOTHING_STORED, readStored } from './read-stored.ts';
import type { PlannedRollback, RollbackEvent, RollbackResult, RolledBackNow } from './report.ts';
import { undoOne } from './undo-one.ts';
import { withWayOn } from './way-on.ts';

export interface RollbackOptions {
  /** Folder that the domain's paths are relative to. */
  readonly root: string;
  readonly target: Target;
  readonly extent: RollbackExtent;
  /** Name of the database, typed by a person: lets a rollback through that leaves nothing of a domain on production. */
  readonly confirm?: string | undefined;
  /** Milliseconds to wait for another migrator; 60 s unless said. */
  readonly lockWaitMs?: number;
  /** Recorded in the journal. Absent: unknown. */
  readonly appVersion?: string | undefined;
  readonly onEvent?: (event: RollbackEvent) => void;
}

/** What a rollback would do, refusals included; read-only, and takes no lock of ours. Production is not asked about.
 *  @throws {DbError} as `planRollback`, and what connecting can throw */
export async function previewRollback(
  domain: DomainConfig,
  options: Pick<RollbackOptions, 'root' | 'target' | 'extent'>,
): Promise<readonly PlannedRollback[]> {
  return await onSession(domain, options.target, true, async (session) => {
    const { steps } = await planOf(session, domain, options.root, options.extent);
    return steps.map(({ name, source, down }) => ({ name, source, sql: down.sql }));
  });
}

/** Refuses what `rollbackDomain` would refuse, before anything is touched; gives the names that it would undo, in its order.
 *  @throws {DbError} as `rollbackDomain` */
export async function admitRollback(domain: DomainConfig, options: RollbackOptions): Promise<readonly string[]> {
  return await onSession(domain, options.target, true, async (session) =>
    namesOf(await admit(session, domain, options)),
  );
}

/** Undoes applied migrations of one domain, newest first, under the domain's lock: history × files → plan → lock → downs. Either all
 *  downs that were asked for can be run, or none is. What is found to be gone already under the lock counts as done.
 *  @throws {DbError} with the domain in it: DB_DOWN_MISSING, DB_DOWN_DIFFERS, DB_IRREVERSIBLE, DB_HALF_DONE, DB_PRODUCTION,
 *  DB_ROLLBACK_STALE, DB_DOWN_STATEMENT, DB_STEP, and every code of connecting and locking */
export async function rollbackDomain(domain: DomainConfig, options: RollbackOptions): Promise<RollbackResult> {
  return await onSession(domain, options.target, false, async (session) => {
    const plan = await admit(session, domain, options);
    const rolledBack: RolledBackNow[] = [];
    if (plan.steps.length === 0) await settleCut(session, domain, options);
    else
      await withSpan('db.rollback', { 'db.domain': domain.name }, () =>
        undoUnderLock(session, domain, namesOf(plan), rolledBack, options).catch((error: unknown) => {
          const known = connectionCode(error) === undefined ? error : fromConnection(error, session.target);
          throw withWayOn(known, domain.name, plan, rolledBack.length);
        }),
      );
    return { domain: domain.name, target: options.target.label, rolledBack };
  });
}

async function undoUnderLock(
  session: Session,
  domain: DomainConfig,
  names: readonly string[],
  rolledBack: RolledBackNow[],
  options: RollbackOptions,
): Promise<void> {
  const { root, onEvent } = options;
  const by = { domain: domain.name, appVersion: options.appVersion ?? null };
  await underLock(session, domain, options, async () => {
    const { steps } = await planOf(session, domain, root, { kind: 'exactly', names });
    if (steps.length === 0) {
      await settleRecording(session, domain);
      return;
    }
    const undo = async () => {
      for (const step of steps) rolledBack.push(await undoOne(session, step, by, onEvent));
    };
    const run = { act: 'rollback', migrations: steps.length, appVersion: by.appVersion } as const;
    await withRecordedCatalog(session, domain, undo, run);
  });
}

/** Records the end of a run that was cut behind its last step: the catalog that is expected from then on. */
async function settleCut(session: Session, domain: DomainConfig, options: RollbackOptions): Promise<void> {
  if ((await historyPresence(session)) !== 'present') return;
  const { base } = await readRecording(session.sql, domain.name);
  if (base !== null) await underLock(session, domain, options, () => settleRecording(session, domain));
}

async function underLock(
  session: Session,
  domain: DomainConfig,
  { lockWaitMs, onEvent }: RollbackOptions,
  body: () => Promise<unknown>,
): Promise<void> {
  const lock = {
    waitMs: lockWaitMs ?? 60_000,
    onWait: (holder: LockHolder | undefined) => onEvent?.({ type: 'waiting', domain: domain.name, holder }),
  };
  await withLock(session, lockName.domain(domain.name), lock, body);
}

async function admit(
  session: Session,
  domain: DomainConfig,
  { root, extent, confirm }: RollbackOptions,
): Promise<RollbackPlan> {
  const plan = await planOf(session, domain, root, extent);
  // The last step of `--steps` or `--to` can take a whole domain away, too.
  if (plan.stays === null && plan.steps.length > 0)
    await refuseProduction(session, `rollback of everything in ${domain.name}`, confirm);
  return plan;
}

async function planOf(
  session: Session,
  domain: DomainConfig,
  root: string,
  extent: RollbackExtent,
): Promise<RollbackPlan> {
  await loadGrammar();
  const files = await readHistory(join(root, domain.migrations), root);
  const present = (await historyPresence(session)) === 'present';
  return planRollback(files, present ? await readStored(session.sql, domain.name) : NOTHING_STORED, extent);
}

function namesOf({ steps }: RollbackPlan): readonly string[] {
  return steps.map(({ name }) => name);
}

async function onSession<T>(
  domain: DomainConfig,
  target: Target,
  readOnly: boolean,
  body: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    await using session = await openSession(target, { app: `db rollback ${domain.name}`, readOnly });
    try {
      return await body(session);
    } catch (error) {
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}
