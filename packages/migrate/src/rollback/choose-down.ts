import type { ErrorCode } from '../errors/codes.ts';
import type { MigrationFile } from '../files/migration-file.ts';
import { type DownText, downOf, headerOf, type ParsedMigration, parseDown } from '../files/parse-migration.ts';
import type { StoredMigration } from './read-stored.ts';

/** Where the text of a down comes from. */
export type DownSource = 'history' | 'file';

/** One migration to undo. */
export interface RollbackStep {
  readonly name: string;
  readonly down: ParsedMigration;
  readonly source: DownSource;
  /** Backfills that the way up waited for; none where this build does not have the file. */
  readonly backfills: readonly string[];
}

/** Why a migration cannot be undone. */
export interface NoWayBack {
  readonly name: string;
  readonly code: ErrorCode & ('DB_DOWN_MISSING' | 'DB_DOWN_DIFFERS' | 'DB_IRREVERSIBLE');
  readonly why: string;
}

export type ChosenDown =
  | { readonly ok: true; readonly step: RollbackStep }
  | { readonly ok: false; readonly reason: NoWayBack };

/** Finds the text that undoes an applied migration: the one that the history stored with it, so that a build that never had the
 *  file can undo it. Where the history stored none (the migration was applied before its down was written) the file's down serves,
 *  but only beside the very text that was applied. `file` is undefined where this build does not have it. Pure; the grammar must
 *  be loaded.
 *  @throws {DbError} DB_FILE_* where the text is not a good down */
export function chooseDown(stored: StoredMigration, file: MigrationFile | undefined): ChosenDown {
  const { name } = stored;
  const refuse = (code: NoWayBack['code'], why: string): ChosenDown => ({ ok: false, reason: { name, code, why } });
  const same = file?.checksum === stored.checksum ? file : undefined;
  const header = same === undefined ? undefined : headerOf(same);
  if (header !== undefined && header.irreversible !== null) return refuse('DB_IRREVERSIBLE', header.irreversible);
  if (stored.down !== null && file?.down != null && file.down.checksum !== stored.down.checksum) {
    const sums = [file.down.checksum, stored.down.checksum].map((sum) => sum.slice(0, 12));
    return refuse('DB_DOWN_DIFFERS', `the file's down.sql (${sums[0]}…) is not the one stored with it (${sums[1]}…)`);
  }
  const text = storedText(stored, file) ?? (same === undefined ? null : downOf(same));
  if (text === null) return refuse('DB_DOWN_MISSING', whyMissing(file, same));
  const parsed = parseDown(text);
  if (!parsed.ok) return refuse('DB_IRREVERSIBLE', parsed.irreversible);
  const source = stored.down === null ? 'file' : 'history';
  return { ok: true, step: { name, down: parsed.down, source, backfills: header?.afterBackfill ?? [] } };
}

function storedText({ name, down }: StoredMigration, file: MigrationFile | undefined): DownText | null {
  if (down === null) return null;
  return {
    name,
    path: (file === undefined ? null : downOf(file)?.path) ?? `${name}/down.sql (from the history)`,
    ...down,
  };
}

function whyMissing(file: MigrationFile | undefined, same: MigrationFile | undefined): string {
  if (file === undefined) return 'the history stored no down, and this build does not have the migration';
  if (file.down === null) return 'the history stored no down, and there is no down.sql';
  return same === undefined ? 'the history stored no down, and the down.sql lies beside another text' : '';
}
