import { ownSettings } from '../connect/own-settings.ts';
import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';

/** Gives the session back its own settings after a migration that changed some (SET, set_config): the next one must not depend on
 *  whether it runs in the same session. The advisory lock stays. */
export async function resetSession({ sql }: Session, { statements }: ParsedMigration): Promise<void> {
  const changed = statements.some(({ kind, text }) => kind === 'VariableSetStmt' || /set_config/i.test(text));
  if (!changed) return;
  await sql.unsafe('RESET SESSION AUTHORIZATION');
  await sql.unsafe('RESET ALL');
  await ownSettings(sql);
}
