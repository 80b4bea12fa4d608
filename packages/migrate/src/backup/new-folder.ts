import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DbError } from '../errors/db-error.ts';

/** Gives `body` a folder beside the wanted one, and the wanted name only to what is complete and on the disk: a crash leaves a
 *  `.partial`, which nothing takes for a backup. What fails is taken away.
 *  @throws {DbError} DB_BACKUP_DISK_FULL */
export async function withNewFolder<T>(folder: string, body: (partial: string) => Promise<T>): Promise<T> {
  const partial = `${folder}.partial`;
  try {
    await makeFolders(dirname(folder));
    // Rows are secrets: nobody else may read them.
    await mkdir(partial, { mode: 0o700 });
  } catch (error) {
    throw diskFull(error, folder);
  }
  try {
    const value = await body(partial);
    await sync(partial);
    await rename(partial, folder);
    await sync(dirname(folder));
    return value;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw diskFull(error, folder);
  }
}

/** Not by mkdir's `recursive`, which Node repeats for ever where the file system answers ENOENT to it, as /proc does. */
async function makeFolders(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  if (dirname(path) !== path) await makeFolders(dirname(path));
  await mkdir(path).catch(async (error: unknown) => {
    // Another backup may have made it meanwhile.
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
  });
}

async function sync(folder: string): Promise<void> {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}

/** No space, the quota is used up, or the file may not grow any more. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function diskFull(error: unknown, at: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || !FULL.has(code)) return error;
  return new DbError(
    'DB_BACKUP_DISK_FULL',
    { why: `${code} while writing the backup`, at, changed: 'the unfinished backup was taken away' },
    { cause: error },
  );
}
