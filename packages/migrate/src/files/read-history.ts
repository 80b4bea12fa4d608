import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DbError } from '../errors/db-error.ts';
import { type MigrationFile, migrationFile } from './migration-file.ts';

const NAME = /^\d{14}_[a-z0-9][a-z0-9_-]*$/;
/** What may lie beside the migrations; everything else must be one, so that nothing is passed over. */
const IGNORED = new Set(['README.md', '.gitkeep', '.DS_Store']);
const NAME_BYTES_MAX = 63;
const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** Reads every migration of a folder, ordered by name.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_NAME, DB_FILE_EMPTY, DB_FILE_LARGE, DB_FILE_ENCODING, DB_DOWN_ALONE */
export async function readHistory(folder: string, root: string): Promise<readonly MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new DbError('DB_FOLDER_MISSING', { why: 'the folder is not there', at: relative(root, folder) });
  });
  const names = entries.map((entry) => entry.name).filter((name) => !IGNORED.has(name));
  const files = await Promise.all(names.map((name) => readMigration(join(folder, name), name, root)));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readMigration(folder: string, name: string, root: string): Promise<MigrationFile> {
  const path = relative(root, join(folder, 'migration.sql'));
  if (!NAME.test(name) || Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw new DbError('DB_FILE_NAME', {
      why: `expected <14 digits>_<lower-case slug> of at most ${NAME_BYTES_MAX} bytes, got ${name}`,
      at: relative(root, folder),
    });
  }
  const [size, downSize] = await Promise.all([bytesOf(folder, 'migration.sql'), bytesOf(folder, 'down.sql')]);
  if (size === null && downSize !== null)
    throw new DbError('DB_DOWN_ALONE', { why: 'there is a down.sql and no migration.sql', at: relative(root, folder) });
  if (size === null || size === 0)
    throw new DbError('DB_FILE_EMPTY', { why: 'migration.sql is missing or empty', at: path });
  const largest = Math.max(size, downSize ?? 0);
  if (largest > FILE_BYTES_MAX) {
    const at = size > FILE_BYTES_MAX ? path : relative(root, join(folder, 'down.sql'));
    throw new DbError('DB_FILE_LARGE', { why: `${Math.ceil(largest / 1024 / 1024)} MB, at most 10 are read`, at });
  }
  const [sql, down] = await Promise.all([
    readText(join(folder, 'migration.sql'), root),
    downSize === null ? null : readText(join(folder, 'down.sql'), root),
  ]);
  return migrationFile({ name, path, sql, down });
}

/** NULL: the file is not there. */
async function bytesOf(folder: string, file: string): Promise<number | null> {
  return await stat(join(folder, file)).then(
    ({ size }) => size,
    () => null,
  );
}

/** The text as it stands: bytes that are not UTF-8 would be replaced silently, and the grammar stops at a NUL.
 *  @throws {DbError} DB_FILE_ENCODING */
async function readText(file: string, root: string): Promise<string> {
  const bytes = await readFile(file);
  const wrong = (why: string) => new DbError('DB_FILE_ENCODING', { why, at: relative(root, file) });
  if (bytes.includes(0)) throw wrong('expected text, got a NUL byte');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw wrong('expected UTF-8, got bytes of another encoding');
  }
}
