import { ownSettings } from '../connect/own-settings.ts';
import type { Session } from '../connect/session.ts';
import type { ParsedMigration } from '../files/parse-migration.ts';

/** Gives the session back its own settings after a migration that changed some: the next one must not depend on whether it runs in
 *  the same session. The advisory lock stays. */
export async function resetSession({ sql, serverVersion }: Session, migration: ParsedMigration): Promise<void> {
  if (!changesSession(migration)) return;
  await sql.unsafe('RESET SESSION AUTHORIZATION');
  await sql.unsafe('RESET ALL');
  ownSettings(sql, { serverVersion, readOnly: false });
}

/** Whether a migration sets something that outlives it (SET, set_config). */
export function changesSession({ statements }: ParsedMigration): boolean {
  return statements.some(({ kind, text }) => kind === 'VariableSetStmt' || /set_config/i.test(text));
}
