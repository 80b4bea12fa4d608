import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../error-text.ts';
import { ownedName } from '../owner/owned-name.ts';

/** Names every file of the folder, the last thing written to it. */
const LIST = 'complete.json';

/** Makes a cache folder once for all processes: `make` makes a private folder, which gets its place by one rename when it
 *  is complete; of several makers one wins. A folder that has since lost files (cleaners of temporary folders take them
 *  one by one) is made anew. Returns `path`. */
export async function finishedFolder(path: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  if (isComplete(path)) return path;
  const unfinished = join(dirname(path), ownedName('unfinished'));
  try {
    await make(unfinished);
    writeFileSync(join(unfinished, LIST), JSON.stringify(filesIn(unfinished)), { mode: 0o600 });
    if (!moveTo(path, unfinished)) {
      setAside(path);
      moveTo(path, unfinished);
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return path;
}

const filesIn = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' });

function isComplete(path: string): boolean {
  try {
    const names: string[] = JSON.parse(readFileSync(join(path, LIST), 'utf8'));
    return names.every((name) => lstatSync(join(path, name), { throwIfNoEntry: false }) !== undefined);
  } catch {
    return false;
  }
}

/** False if a folder is there already; one that is complete is as good as ours. */
function moveTo(path: string, unfinished: string): boolean {
  try {
    renameSync(unfinished, path);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
    return isComplete(path);
  }
}

/** Removes a broken folder; a complete one that another process laid there in the meantime goes back. */
function setAside(path: string): void {
  const aside = join(dirname(path), ownedName('unfinished'));
  try {
    renameSync(path, aside);
    if (isComplete(aside)) moveTo(path, aside);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
