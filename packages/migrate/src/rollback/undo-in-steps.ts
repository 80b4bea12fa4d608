import { runSteps } from '../apply/in-steps.ts';
import type { ApplyWatch } from '../apply/report.ts';
import type { Session } from '../connect/session.ts';
import type { RollbackStep } from './choose-down.ts';
import { deleteApplied, settleUndone, type UndoneBy } from './forget.ts';

/** Undoes a migration by a `-- db: no-transaction` down, statement by statement with a durable journal; its history row goes with the
 *  last one. Cut anywhere, the next rollback goes on where it stopped; until then `migrate` refuses the domain.
 *  @throws {DbError} DB_STEP, DB_STEP_EDITED, DB_LOCK_TIMEOUT, DB_ROLLBACK_STALE, DB_CONNECTION_LOST */
export async function undoInSteps(
  session: Session,
  step: RollbackStep,
  by: UndoneBy,
  watch: ApplyWatch = {},
): Promise<void> {
  const started = performance.now();
  await runSteps(session, step.down, by.domain, watch);
  await session.sql.begin(async (tx) => {
    await deleteApplied(tx, by.domain, step.name);
    await settleUndone(tx, step, by, performance.now() - started);
  });
}
