import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DbError } from '../errors/db-error.ts';
import type { BackupFile } from './manifest.ts';

/** Writes a new file of a backup, on the disk when this returns, and takes its checksum on the way. */
export async function writeBackupFile(
  folder: string,
  path: string,
  source: Readable,
  through: readonly Transform[] = [],
): Promise<BackupFile> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline([source, ...through, measure, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true })]);
  return { path, bytes, sha256: hash.digest('hex') };
}

/** Writes a text as it stands. */
export function writeBackupText(folder: string, path: string, text: string): Promise<BackupFile> {
  return writeBackupFile(folder, path, Readable.from([Buffer.from(text)]));
}

/** Reads every file of a backup once.
 *  @throws {DbError} DB_BACKUP_DAMAGED for the first that is missing, of another length, or with another checksum */
export async function requireWhole(folder: string, files: readonly BackupFile[]): Promise<void> {
  for (const { path, bytes, sha256 } of files) {
    const file = join(folder, path);
    const damaged = (why: string) =>
      new DbError('DB_BACKUP_DAMAGED', { why, at: file, changed: 'nothing was changed' });
    const size = await stat(file).then(
      (found) => found.size,
      () => null,
    );
    if (size === null) throw damaged('the file is missing');
    if (size !== bytes) throw damaged(`expected ${bytes} bytes, got ${size}`);
    const hash = createHash('sha256');
    await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), hash);
    if (hash.digest('hex') !== sha256) throw damaged('its SHA-256 is not that of the manifest');
  }
}

const READ_BYTES = 1024 * 1024;
