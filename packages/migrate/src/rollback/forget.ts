import type { TransactionSql } from 'postgres';
import { DbError } from '../errors/db-error.ts';
import { journal } from '../history/write.ts';
import type { RollbackStep } from './choose-down.ts';

export interface UndoneBy {
  readonly domain: string;
  /** NULL: unknown. */
  readonly appVersion: string | null;
}

/** Takes a migration out of the history. The row goes first in a transaction that undoes it: who comes second finds it gone.
 *  @throws {DbError} DB_ROLLBACK_STALE where it is not there */
export async function deleteApplied(tx: TransactionSql, domain: string, name: string): Promise<void> {
  const deleted = await tx`DELETE FROM migrations.applied WHERE domain = ${domain} AND name = ${name}`;
  if (deleted.count === 1) return;
  throw new DbError('DB_ROLLBACK_STALE', { why: `${name} is not applied any more`, changed: 'nothing was changed' });
}

/** What follows from a migration's end: its backfills are to run again with it, its steps are over, the journal tells. */
export async function settleUndone(
  tx: TransactionSql,
  { name, source, backfills }: RollbackStep,
  by: UndoneBy,
  ms: number,
): Promise<void> {
  for (const backfill of backfills)
    await tx`DELETE FROM migrations.backfills WHERE domain = ${by.domain} AND name = ${backfill}`;
  await tx`DELETE FROM migrations.steps WHERE domain = ${by.domain} AND name = ${name}`;
  await journal(tx, by.domain, name, 'rolled back', {
    durationMs: Math.round(ms),
    down: source,
    appVersion: by.appVersion,
  });
}
