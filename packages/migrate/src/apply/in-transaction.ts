import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, insertApplied, journal, setDuration } from '../history/write.ts';
import { LOCK_BUDGET_SECONDS, LOCK_TRY_MS, withLockRetry } from './lock-retry.ts';
import { statementError } from './statement-error.ts';

/** Applies a migration in one transaction that also holds its history row: all of it, or nothing.
 *  @throws {DbError} DB_STATEMENT, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyInTransaction(session: Session, migration: ParsedMigration, by: AppliedBy): Promise<void> {
  const budget = migration.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS;
  await withLockRetry(budget, migration.path, async () => {
    session.alive();
    const started = performance.now();
    await session.sql.begin(async (tx) => {
      await insertApplied(tx, migration, by);
      await tx.unsafe(`SET LOCAL lock_timeout = ${LOCK_TRY_MS}`);
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
