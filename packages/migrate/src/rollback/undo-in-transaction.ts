import type { ApplyWatch } from '../apply/report.ts';
import { statementError } from '../apply/statement-error.ts';
import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { giveWay, LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import type { RollbackStep } from './choose-down.ts';
import { deleteApplied, settleUndone, type UndoneBy } from './forget.ts';

/** Undoes a migration in one transaction with its history row: it is gone whole, or still applied. Locks give way to users as on the
 *  way up.
 *  @throws {DbError} DB_DOWN_STATEMENT, DB_LOCK_TIMEOUT, DB_ROLLBACK_STALE, DB_CONNECTION_LOST */
export async function undoInTransaction(
  session: Session,
  step: RollbackStep,
  by: UndoneBy,
  { onBlocked }: ApplyWatch = {},
): Promise<void> {
  const { down } = step;
  const budgetSeconds = down.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS;
  await giveWay(session, down.statements, { budgetSeconds, at: down.path, onBlocked }, async (takeLocks) => {
    const started = performance.now();
    await session.sql.begin(async (tx) => {
      await deleteApplied(tx, by.domain, step.name);
      await tx.unsafe(takeLocks);
      for (const statement of down.statements) {
        await tx.unsafe(statement.text).catch((error: unknown) => {
          throw downError(statementError(error, down, statement, `${step.name} is still applied, whole`));
        });
      }
      await settleUndone(tx, step, by, performance.now() - started);
    });
  });
}

/** A failed statement of a down has advice of its own: its text is stored, so correcting a file does not help. */
function downError(error: DbError): DbError {
  return error.code === 'DB_STATEMENT' ? new DbError('DB_DOWN_STATEMENT', error.facts, { cause: error.cause }) : error;
}
