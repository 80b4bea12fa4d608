import type { Backfill } from '../backfill/backfill.ts';
import { findBackfill } from '../backfill/find-backfill.ts';
import { runBackfill } from '../backfill/run.ts';
import type { DomainConfig } from '../config/config.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, journal } from '../history/write.ts';
import { withSpan } from '../telemetry/spans.ts';
import { applyInSteps } from './in-steps.ts';
import { applyInTransaction } from './in-transaction.ts';
import type { ApplyObserver } from './observer.ts';
import type { Pipeline } from './pipeline.ts';
import type { AppliedNow, ApplyEvent, ApplyWatch } from './report.ts';
import { resetSession } from './reset-session.ts';

export interface ApplyOneOptions {
  readonly by: AppliedBy;
  readonly onEvent: ((event: ApplyEvent) => void) | undefined;
  readonly pipeline: Pipeline;
  readonly observer?: ApplyObserver | undefined;
  /** Asked after its backfills and before its first statement; what it throws ends the run. */
  readonly ask?: (migration: string) => Promise<void>;
}

/** For a runner of `db backfill` to finish. */
const BACKFILL_WAIT_MS = 60_000;

/** Applies one migration, after the backfills that it waits for; a failure is journalled before it is thrown.
 *  @throws {DbError} DB_STATEMENT, DB_STEP, DB_LOCK_TIMEOUT, DB_BACKFILL…, DB_CONNECTION_LOST */
export async function applyOne(
  session: Session,
  domain: DomainConfig,
  migration: ParsedMigration,
  options: ApplyOneOptions,
): Promise<AppliedNow> {
  const { by, onEvent, observer } = options;
  const { late, appVersion } = by;
  const { name } = migration;
  const started = performance.now();
  onEvent?.({ type: 'applying', domain: domain.name, name });
  await withSpan('db.migration', { 'db.domain': domain.name, 'db.migration': name }, async () => {
    try {
      const body = () => carryOut(session, domain, migration, options);
      await (observer?.migration(session, migration, body) ?? body());
    } catch (error) {
      const code = error instanceof DbError ? error.code : 'unexpected';
      const durationMs = Math.round(performance.now() - started);
      await journal(session.sql, domain.name, name, 'failed', { code, durationMs, appVersion }).catch(() => {});
      throw error;
    }
  });
  const ms = Math.round(performance.now() - started);
  onEvent?.({ type: 'applied', domain: domain.name, name, ms, late });
  return { name, ms, late };
}

async function carryOut(
  session: Session,
  domain: DomainConfig,
  migration: ParsedMigration,
  options: ApplyOneOptions,
): Promise<void> {
  const { by, onEvent, observer, pipeline } = options;
  const { name } = migration;
  await runBackfills(session, domain, migration, options);
  await options.ask?.(name);
  const watch: ApplyWatch = {
    onBlocked: (blocker) => onEvent?.({ type: 'blocked', domain: domain.name, name, blocker }),
    onProgress:
      onEvent === undefined
        ? undefined
        : (progress) => onEvent({ type: 'progress', domain: domain.name, name, ...progress }),
    onBackfill: (progress) => onEvent?.({ type: 'backfilling', domain: domain.name, ...progress }),
    onBackfilled: (done) => onEvent?.({ type: 'backfilled', domain: domain.name, ...done }),
    observer,
  };
  if (migration.header.noTransaction) await applyInSteps(session, migration, by, watch);
  else await applyInTransaction(session, migration, by, watch, pipeline.firstTry(migration));
  await resetSession(session, migration);
}

async function runBackfills(
  session: Session,
  domain: DomainConfig,
  migration: ParsedMigration,
  { onEvent, observer }: ApplyOneOptions,
): Promise<void> {
  for (const backfill of await awaited(domain, migration)) {
    const body = () =>
      runBackfill(session, domain.name, backfill, {
        lock: {
          waitMs: BACKFILL_WAIT_MS,
          onWait: (holder) => onEvent?.({ type: 'waiting', domain: domain.name, holder }),
        },
        onProgress: (progress) => onEvent?.({ type: 'backfilling', domain: domain.name, ...progress }),
      });
    const done = await (observer?.backfill(session, backfill.name, body) ?? body());
    if (done !== null) onEvent?.({ type: 'backfilled', domain: domain.name, ...done });
  }
}

/** The backfills that a migration waits for. */
async function awaited(domain: DomainConfig, migration: ParsedMigration): Promise<readonly Backfill[]> {
  return await Promise.all(migration.header.afterBackfill.map((name) => findBackfill(domain, name, migration.path)));
}
