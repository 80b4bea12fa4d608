import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DbError } from '../errors/db-error.ts';
import { type MigrationFile, migrationFile } from './migration-file.ts';

const NAME = /^\d{14}_[a-z0-9][a-z0-9_-]*$/;
/** What may lie beside the migrations; everything else must be one, so that nothing is passed over. */
const IGNORED = new Set(['README.md', '.gitkeep', '.DS_Store']);
const NAME_BYTES_MAX = 63;
const FILE_BYTES_MAX = 10 * 1024 * 1024;
/** Small files are read synchronously, which takes a tenth of the time; between so many of them others have their turn. */
const AT_ONCE = 32;

/** Reads every migration of a folder, ordered by name.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_NAME, DB_FILE_EMPTY, DB_FILE_LARGE, DB_FILE_ENCODING, DB_DOWN_ALONE, DB_BASELINE */
export async function readHistory(folder: string, root: string): Promise<readonly MigrationFile[]> {
  const names = entriesOf(folder, root)
    .filter((name) => !IGNORED.has(name))
    .sort();
  const shown = relative(root, folder);
  const files: MigrationFile[] = [];
  for (const name of names) {
    files.push(readMigration(`${folder}/${name}`, join(shown, name), name));
    if (files.length % AT_ONCE === 0) await nextTurn();
  }
  refuseReplacedFolders(files);
  return files;
}

/** A migration and the baseline that stands for it would both be applied.
 *  @throws {DbError} DB_BASELINE */
function refuseReplacedFolders(files: readonly MigrationFile[]): void {
  const names = new Set(files.map(({ name }) => name));
  for (const { path, replaces } of files) {
    const both = replaces.filter(({ name }) => names.has(name)).map(({ name }) => name);
    if (both.length === 0) continue;
    throw new DbError('DB_BASELINE', {
      why: `it replaces ${both.join(', ')}, and their folders are still there`,
      at: path,
      fix: 'delete those folders, or the baseline',
      changed: 'nothing was changed',
    });
  }
}

function entriesOf(folder: string, root: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new DbError('DB_FOLDER_MISSING', { why: 'the folder is not there', at: relative(root, folder) });
  }
}

/** `shown` is the folder as messages name it. */
function readMigration(folder: string, shown: string, name: string): MigrationFile {
  const path = join(shown, 'migration.sql');
  if (!NAME.test(name) || Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw new DbError('DB_FILE_NAME', {
      why: `expected <14 digits>_<lower-case slug> of at most ${NAME_BYTES_MAX} bytes, got ${name}`,
      at: shown,
    });
  }
  const [size, downSize] = [bytesOf(folder, 'migration.sql'), bytesOf(folder, 'down.sql')];
  if (size === null && downSize !== null)
    throw new DbError('DB_DOWN_ALONE', { why: 'there is a down.sql and no migration.sql', at: shown });
  if (size === null || size === 0)
    throw new DbError('DB_FILE_EMPTY', { why: 'migration.sql is missing or empty', at: path });
  const largest = Math.max(size, downSize ?? 0);
  if (largest > FILE_BYTES_MAX) {
    const at = size > FILE_BYTES_MAX ? path : join(shown, 'down.sql');
    throw new DbError('DB_FILE_LARGE', { why: `${Math.ceil(largest / 1024 / 1024)} MB, at most 10 are read`, at });
  }
  const sql = readText(folder, shown, 'migration.sql');
  const down = downSize === null ? null : readText(folder, shown, 'down.sql');
  return migrationFile({ name, path, sql, down });
}

/** NULL: the file is not there. */
function bytesOf(folder: string, file: string): number | null {
  try {
    return statSync(`${folder}/${file}`, { throwIfNoEntry: false })?.size ?? null;
  } catch {
    return null;
  }
}

const REPLACEMENT = '\uFFFD';

/** The text as it stands: bytes that are not UTF-8 would be replaced silently, and the grammar stops at a NUL.
 *  @throws {DbError} DB_FILE_ENCODING */
function readText(folder: string, shown: string, file: string): string {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  const wrong = (why: string) => new DbError('DB_FILE_ENCODING', { why, at: join(shown, file) });
  if (text.includes('\0')) throw wrong('expected text, got a NUL byte');
  if (text.includes(REPLACEMENT) && !isUtf8(readFileSync(`${folder}/${file}`)))
    throw wrong('expected UTF-8, got bytes of another encoding');
  return text;
}
