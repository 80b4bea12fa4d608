import type { DomainConfig } from '../config/config.ts';
import { openSession, type Session } from '../connect/session.ts';
import type { Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { connectionCode, fromConnection, sqlStateOf } from '../errors/from-driver.ts';
import { historyPresence } from '../history/ensure.ts';
import { isProduction } from '../history/production.ts';
import { journal } from '../history/write.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { quoteIdentifier } from '../objects/quote.ts';

export interface ResetReport {
  readonly domain: string;
  readonly target: string;
  /** False: there was nothing. */
  readonly dropped: boolean;
}

/** How long a table in use is waited for, in milliseconds: nobody's users are here. */
const LOCK_MS = 5000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Drops the schemas of domains that share a database, and takes them out of its history: all of them, or none. The journal stays. Whether
 *  the host is one to reset, and was named, is asked in may-reset.ts.
 *  @throws {DbError} DB_PRODUCTION, DB_LOCK_TIMEOUT, DB_MIGRATOR_BUSY, and what connecting can throw */
export async function resetDomains(
  target: Target,
  domains: readonly DomainConfig[],
  lock: LockOptions,
): Promise<readonly ResetReport[]> {
  await using session = await openSession(target, { app: 'db reset' });
  try {
    if (await isProduction(session)) {
      throw new DbError('DB_PRODUCTION', {
        why: 'reset is refused: this database is marked as production',
        at: target.label,
        fix: 'use another database: no flag lets reset through here',
        changed: 'nothing was changed',
      });
    }
    const present = (await historyPresence(session)) === 'present';
    return await withLocks(session, domains, lock, () => drop(session, domains, present));
  } catch (error) {
    throw connectionCode(error) === undefined ? error : fromConnection(error, target);
  }
}

/** No migrator of any of them is at work meanwhile. */
async function withLocks<T>(
  session: Session,
  [first, ...rest]: readonly DomainConfig[],
  lock: LockOptions,
  body: () => Promise<T>,
): Promise<T> {
  if (first === undefined) return await body();
  return await withLock(session, lockName.domain(first.name), lock, () => withLocks(session, rest, lock, body));
}

async function drop(
  session: Session,
  domains: readonly DomainConfig[],
  present: boolean,
): Promise<readonly ResetReport[]> {
  const { sql, target } = session;
  return await sql
    .begin(async (tx) => {
      await tx.unsafe(`SET LOCAL lock_timeout = ${LOCK_MS}`);
      const reports: ResetReport[] = [];
      for (const { name, schema } of domains) {
        const [there] = await tx`SELECT to_regnamespace(${quoteIdentifier(schema)}) IS NOT NULL AS dropped`;
        await tx.unsafe(`DROP SCHEMA IF EXISTS ${quoteIdentifier(schema)} CASCADE`);
        if (present) {
          for (const table of ['applied', 'steps', 'backfills', 'catalogs'])
            await tx.unsafe(`DELETE FROM migrations.${table} WHERE domain = $1`, [name]);
          await journal(tx, name, '*', 'reset');
        }
        reports.push({ domain: name, target: target.label, dropped: there?.['dropped'] === true });
      }
      return reports;
    })
    .catch((cause: unknown) => {
      if (sqlStateOf(cause) !== LOCK_NOT_AVAILABLE) throw cause;
      const why = `a table was in use for ${LOCK_MS} ms`;
      const fix = '`pnpm db locks` shows who holds it; run again when it is free';
      throw new DbError('DB_LOCK_TIMEOUT', { why, fix, changed: 'nothing was changed' }, { cause });
    });
}
