import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DbError } from '../errors/db-error.ts';
import { type MigrationFile, migrationFile } from './migration-file.ts';

const NAME = /^\d{14}_[a-z0-9][a-z0-9_-]*$/;
const NAME_BYTES_MAX = 63;
const FILE_BYTES_MAX = 10 * 1024 * 1024;

/** Reads every migration of a folder, ordered by name.
 *  @throws {DbError} DB_FOLDER_MISSING, DB_FILE_NAME, DB_FILE_EMPTY, DB_FILE_LARGE */
export async function readHistory(folder: string, root: string): Promise<readonly MigrationFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new DbError('DB_FOLDER_MISSING', { why: 'the folder is not there', at: relative(root, folder) });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
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
  const up = join(folder, 'migration.sql');
  const size = await stat(up).then(
    ({ size }) => size,
    () => 0,
  );
  if (size === 0) throw new DbError('DB_FILE_EMPTY', { why: 'migration.sql is missing or empty', at: path });
  if (size > FILE_BYTES_MAX) {
    throw new DbError('DB_FILE_LARGE', { why: `${Math.ceil(size / 1024 / 1024)} MB, at most 10 are read`, at: path });
  }
  const [sql, down] = await Promise.all([
    readFile(up, 'utf8'),
    readFile(join(folder, 'down.sql'), 'utf8').catch(() => null),
  ]);
  return migrationFile({ name, path, sql, down });
}
