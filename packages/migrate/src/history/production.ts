import type { Session } from '../connect/session.ts';
import { DbError } from '../errors/db-error.ts';
import { historyPresence } from './ensure.ts';
import { journal } from './write.ts';

/** Whether this database is marked as production, from inside. */
export async function isProduction(session: Session): Promise<boolean> {
  if ((await historyPresence(session)) === 'absent') return false;
  const [row] = await session.sql`SELECT value FROM migrations.settings WHERE key = 'production'`;
  return row?.['value'] === 'true';
}

/** Marks the database; the history tables must be there. Marking twice changes nothing. */
export async function markProduction(session: Session): Promise<void> {
  await session.sql`INSERT INTO migrations.settings (key, value) VALUES ('production', 'true') ON CONFLICT (key) DO NOTHING`;
  await journal(session.sql, '*', session.target.database, 'marked production');
}

/** Stops dangerous commands on production unless the database was named by hand.
 *  @throws {DbError} DB_PRODUCTION */
export async function refuseProduction(session: Session, act: string, confirmed: string | undefined): Promise<void> {
  if (confirmed === session.target.database || !(await isProduction(session))) return;
  throw new DbError('DB_PRODUCTION', {
    why: `${act} is refused: this database is marked as production`,
    at: session.target.label,
    fix: `use another database, or pass --confirm ${session.target.database}`,
    changed: 'nothing was changed',
  });
}
