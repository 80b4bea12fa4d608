import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { DbError, inDomain } from '../errors/db-error.ts';
import { connectionCode, fromConnection } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { journal } from '../history/write.ts';
import { findBackfill } from './find-backfill.ts';
import type { BackfillDone } from './report.ts';
import { type RunOptions, runBackfill } from './run.ts';

/** Runs one backfill of a domain by its name, beside any migrator; a failure is journalled before it is thrown. NULL: it was done
 *  already.
 *  @throws {DbError} DB_BACKFILL_UNKNOWN, DB_PENDING where nothing was migrated yet, and what `runBackfill` and connecting can throw */
export async function backfillDomain(
  domain: DomainConfig,
  name: string,
  options: RunOptions & { readonly target: Target },
): Promise<BackfillDone | null> {
  const { target, ...rest } = options;
  try {
    const backfill = await findBackfill(domain, name);
    await using session = await openSession(target, { app: `db backfill ${domain.name}` });
    try {
      if ((await historyPresence(session)) === 'absent')
        throw new DbError('DB_PENDING', { why: 'no migration is applied', at: target.label });
      return await runBackfill(session, domain.name, backfill, rest);
    } catch (error) {
      await journalFailure(session, domain.name, name, error);
      throw connectionCode(error) === undefined ? error : fromConnection(error, target);
    }
  } catch (error) {
    throw inDomain(error, domain.name);
  }
}

/** What another runner does, or what was refused, is no failure of this backfill. */
async function journalFailure(session: Session, domain: string, name: string, error: unknown): Promise<void> {
  const code = error instanceof DbError ? error.code : 'unexpected';
  if (code === 'DB_BACKFILL_BUSY' || code === 'DB_BACKFILL_EDITED') return;
  // The first error is the one to report.
  await journal(session.sql, domain, name, 'failed', { code }).catch(() => {});
}
