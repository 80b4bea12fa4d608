import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, insertApplied, journal, setDuration } from '../history/write.ts';
import { giveWay, LOCK_BUDGET_SECONDS } from '../lock/give-way.ts';
import type { ApplyWatch } from './report.ts';
import { statementError } from './statement-error.ts';

/** Applies a migration in one transaction that also holds its history row: all of it, or nothing. The row comes first, so that its
 *  key stops a second migrator; the table locks come next, before any work is done under them.
 *  @throws {DbError} DB_STATEMENT, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyInTransaction(
  session: Session,
  migration: ParsedMigration,
  by: AppliedBy,
  { onBlocked }: ApplyWatch = {},
): Promise<void> {
  const budgetSeconds = migration.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS;
  await giveWay(session, migration.statements, { budgetSeconds, at: migration.path, onBlocked }, async (takeLocks) => {
    const started = performance.now();
    await session.sql.begin(async (tx) => {
      await insertApplied(tx, migration, by);
      await takeLocks(tx);
      for (const statement of migration.statements) {
        await tx.unsafe(statement.text).catch((error: unknown) => {
          throw statementError(error, migration, statement, 'nothing of this migration was kept');
        });
      }
      await setDuration(tx, by.domain, migration.name, performance.now() - started);
      await journal(tx, by.domain, migration.name, 'applied', { late: by.late });
    });
  });
}
