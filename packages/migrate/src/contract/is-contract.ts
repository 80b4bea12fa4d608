import type { MigrationFile } from '../files/migration-file.ts';

/** Whether a file drops or tightens what an older build may use: its header says `-- db: contract`. Parses no SQL, so that whoever waits
 *  for a schema needs no grammar. */
export function isContract({ sql }: Pick<MigrationFile, 'sql'>): boolean {
  return /^--[ \t]*db:[ \t]*contract[ \t]*\r?$/m.test(sql);
}
