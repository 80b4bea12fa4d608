import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes the folder and what is missing above it. Not by mkdir's `recursive`, which Node 24 repeats for ever where the file
 *  system answers ENOENT (`/proc`). Throws the system's error, or says which file is in the way. */
export function makeFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) throw new Error(`${path} is a file`);
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}
