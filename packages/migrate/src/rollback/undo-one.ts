import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { journal } from '../history/write.ts';
import { withSpan } from '../telemetry/spans.ts';
import type { RollbackStep } from './choose-down.ts';
import type { UndoneBy } from './forget.ts';
import type { RollbackEvent, RolledBackNow } from './report.ts';
import { undoInSteps } from './undo-in-steps.ts';
import { undoInTransaction } from './undo-in-transaction.ts';

/** Undoes one migration; a failure is journalled before it is thrown.
 *  @throws {DbError} DB_DOWN_STATEMENT, DB_STEP, DB_STEP_EDITED, DB_LOCK_TIMEOUT, DB_ROLLBACK_STALE, DB_CONNECTION_LOST */
export async function undoOne(
  session: Session,
  step: RollbackStep,
  by: UndoneBy,
  onEvent: ((event: RollbackEvent) => void) | undefined,
): Promise<RolledBackNow> {
  const { domain } = by;
  const { name, down } = step;
  const started = performance.now();
  onEvent?.({ type: 'rolling back', domain, name });
  await withSpan('db.rollback.migration', { 'db.domain': domain, 'db.migration': name }, async () => {
    try {
      const undo = down.header.noTransaction ? undoInSteps : undoInTransaction;
      await undo(session, step, by, {
        onBlocked: (blocker) => onEvent?.({ type: 'blocked', domain, name, blocker }),
        onProgress:
          onEvent === undefined ? undefined : (progress) => onEvent({ type: 'progress', domain, name, ...progress }),
      });
    } catch (error) {
      const code = error instanceof DbError ? error.code : 'unexpected';
      await journal(session.sql, domain, name, 'rollback failed', { code }).catch(() => {});
      throw error;
    }
  });
  const ms = Math.round(performance.now() - started);
  onEvent?.({ type: 'rolled back', domain, name, ms });
  return { name, ms };
}
