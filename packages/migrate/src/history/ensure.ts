import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { type LockOptions, lockName, withLock } from '../lock/try-lock.ts';
import { HISTORY_DDL, HISTORY_FORMAT } from './schema.ts';

export type HistoryPresence = 'absent' | 'present';

/** Whether the history tables are there, in a format that this engine reads. Read-only.
 *  @throws {DbError} DB_HISTORY_FOREIGN, DB_HISTORY_NEWER */
export async function historyPresence({ sql }: Session): Promise<HistoryPresence> {
  const [row] = await sql`
    SELECT to_regnamespace('migrations') IS NOT NULL AS schema, to_regclass('migrations.settings') IS NOT NULL AS settings,
      (SELECT count(*)::int FROM pg_class WHERE relnamespace = to_regnamespace('migrations')) AS objects`;
  if (row?.['settings'] === true) {
    const [format] = await sql`SELECT value FROM migrations.settings WHERE key = 'format'`;
    requireFormat(format?.['value']);
    return 'present';
  }
  if (row?.['schema'] === true && row['objects'] > 0) {
    throw new DbError('DB_HISTORY_FOREIGN', {
      why: `schema "migrations" holds ${row['objects']} objects that are not ours`,
    });
  }
  return 'absent';
}

/** @throws {DbError} DB_HISTORY_FOREIGN, DB_HISTORY_NEWER */
export function requireFormat(format: unknown): void {
  const known = Number(format ?? 0);
  if (!Number.isInteger(known) || known < 1) {
    throw new DbError('DB_HISTORY_FOREIGN', { why: 'migrations.settings has no format of ours' });
  }
  if (known > Number(HISTORY_FORMAT)) {
    throw new DbError('DB_HISTORY_NEWER', { why: `format ${format}, this engine knows ${HISTORY_FORMAT}` });
  }
}

/** Creates the history tables once; any number of migrators may call it at the same time. */
export async function ensureHistory(session: Session, options: LockOptions): Promise<void> {
  if ((await historyPresence(session)) === 'present') return;
  await withLock(session, lockName.history, options, async () => {
    if ((await historyPresence(session)) === 'present') return;
    // Statements sent together are one transaction.
    await session.sql.unsafe(HISTORY_DDL.join(';\n'));
  });
}
