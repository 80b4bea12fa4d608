import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';
import { type AppliedBy, finishAppliedText, insertAppliedText } from '../history/write.ts';
import { giveWay, LOCK_BUDGET_SECONDS, type Try } from '../lock/give-way.ts';
import type { ApplyObserver } from './observer.ts';
import type { ApplyWatch } from './report.ts';
import { sendTransaction } from './send-transaction.ts';
import { statementError } from './statement-error.ts';

/** Applies a migration in one transaction that also holds its history row: all of it, or nothing. The row comes first, so that its
 *  key stops a second migrator; the table locks come next, before any work is done under them. `first` is its first try where that
 *  has begun already; NULL: there is none.
 *  @throws {DbError} DB_STATEMENT, DB_LOCK_TIMEOUT, DB_CONNECTION_LOST */
export async function applyInTransaction(
  session: Session,
  migration: ParsedMigration,
  by: AppliedBy,
  { onBlocked, observer }: ApplyWatch = {},
  first?: Promise<Try<void>> | null,
): Promise<void> {
  const budgetSeconds = migration.header.lockBudgetSeconds ?? LOCK_BUDGET_SECONDS;
  const options = { budgetSeconds, at: migration.path, onBlocked };
  await giveWay(session, migration.statements, options, attemptOf(session, migration, by, null, observer), first);
}

/** The transaction of a migration, run where the locks that it is given are to be had. With `after` it fails where that migration is
 *  not applied. */
export function attemptOf(
  session: Session,
  migration: ParsedMigration,
  by: AppliedBy,
  after: string | null = null,
  observer?: ApplyObserver,
): (takeLocks: string) => Promise<void> {
  const { statements } = migration;
  return (takeLocks) =>
    sendTransaction(
      session,
      {
        before: [NOT_YET_DURABLE, insertAppliedText(migration, by, after), takeLocks].join(';\n'),
        statements,
        after: finishAppliedText(migration, by),
      },
      (error, statement, position) =>
        statementError(error, migration, statement, 'nothing of this migration was kept', position),
      observer,
    );
}

/** Its commit is not waited for on disk. The log keeps the order of commits, so a crash of the server can only lose the newest
 *  migrations, each with its history row, and the next run applies them again. Whatever is said to be done after the run, or written
 *  by an application that already sees the new tables, comes later in the log and takes them to disk with it: the run ends with a
 *  durable row of its own. */
const NOT_YET_DURABLE = 'SET LOCAL synchronous_commit = off';
