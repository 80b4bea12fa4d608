import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isOrphan, parseOwnedName } from '../owner/owned-name.ts';
import { endThrowaway } from './end-throwaway.ts';
import { foldersToSweep } from './workspace.ts';

/** Ends the servers and removes the folders that dead processes of this machine and user left behind. Returns how many
 *  there were. Normally none: their watchdogs were faster. */
export async function sweepClusters(): Promise<number> {
  const left = foldersToSweep().flatMap((parent) => orphansIn(parent).map((name) => join(parent, name)));
  await Promise.all(left.map((folder) => endThrowaway(folder)));
  return left.length;
}

function orphansIn(parent: string): string[] {
  return readdirSync(parent).filter((entry) => {
    const name = parseOwnedName(entry);
    return name !== undefined && isOrphan(name);
  });
}
