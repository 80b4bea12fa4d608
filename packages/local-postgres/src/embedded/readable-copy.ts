import { chmodSync, lstatSync, readdirSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { missingLinks } from './binaries.ts';
import { finishedFolder } from './finished-folder.ts';
import { cacheFolder } from './workspace.ts';

/** A copy of the programs that every user can read, made once per release, with the library links that the install left
 *  out. Costs about 0.3 s and 60 MB the first time. Returns its folder. */
export async function readableCopy(native: string, release: string): Promise<string> {
  const home = await finishedFolder(join(cacheFolder(), `programs-${release}`), async (unfinished) => {
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    for (const link of missingLinks(native)) {
      const target = join(unfinished, link.target.replace(/^native\//, ''));
      if (lstatSync(target, { throwIfNoEntry: false }) === undefined) symlinkSync(basename(link.source), target);
    }
    openToAll(unfinished);
  });
  return home;
}

/** Gives everybody what the owner may read and execute, whatever umask the install ran under. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || basename(dirname(path)) === 'bin';
    chmodSync(path, isProgram ? 0o755 : 0o644);
  }
}
