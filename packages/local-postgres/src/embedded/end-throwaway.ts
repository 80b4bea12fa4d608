import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runningPostmaster, stopPostmaster } from './postmaster-file.ts';

/** Rounds until a server that was just being started is surely seen, and its folder gone. */
const ROUNDS = 50;
const PAUSE_MS = 50;

/** Ends the server that a dead owner left in the folder, if it runs, and removes the folder. */
export async function endThrowaway(folder: string): Promise<void> {
  for (let round = 0, quiet = 0; round < ROUNDS && quiet < 3; round += 1) {
    const server = runningPostmaster(join(folder, 'data'));
    if (server !== undefined) await stopPostmaster(server, true);
    tryRemove(folder);
    quiet = server === undefined && !existsSync(folder) ? quiet + 1 : 0;
    await sleep(PAUSE_MS);
  }
}

/** A program that still writes there makes this fail; the next round tries again. */
function tryRemove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // seen by the caller: the folder is still there
  }
}
