import { DbError } from '../errors/db-error.ts';
import type { MigrationFile } from './migration-file.ts';

/** What a generated file says of its purpose until a person has written it. */
export const UNSAID_PURPOSE = 'say what changes and why.';

/** Whether the placeholder still stands for the purpose. */
export function isUnsaid({ sql }: Pick<MigrationFile, 'sql'>): boolean {
  return sql.includes(`-- Purpose: ${UNSAID_PURPOSE}`);
}

/** Refuses pending files without a purpose: once they are applied, to write it is an edit.
 *  @throws {DbError} DB_FILE_PURPOSE with each of them */
export function requirePurposes(pending: readonly MigrationFile[]): void {
  const paths = pending.filter(isUnsaid).map(({ path }) => path);
  if (paths.length === 0) return;
  throw new DbError('DB_FILE_PURPOSE', {
    at: paths.join(', '),
    why: `expected a reason after \`Purpose:\`, found the generated \`${UNSAID_PURPOSE}\``,
    changed: 'nothing was changed',
  });
}
