import { readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { newPassword } from '../password.ts';
import type { Binaries } from './binaries.ts';
import { initCluster, runnerFolder } from './cluster.ts';
import { finishedFolder } from './finished-folder.ts';
import { runProgram } from './run-program.ts';
import type { Runner } from './runner.ts';
import { cacheFolder } from './workspace.ts';

/** Puts a cluster that initdb has just made, as far as one can tell, into a folder that does not exist yet, and returns
 *  its password. initdb itself (0.7 s) runs once per release and user; afterwards its result is copied. */
export async function cloneFreshCluster(binaries: Binaries, runner: Runner, data: string): Promise<string> {
  const home = await finishedFolder(join(cacheFolder(), `cluster-${binaries.release}`), async (unfinished) => {
    runnerFolder(unfinished, runner);
    const password = newPassword();
    await initCluster(binaries, runner, join(unfinished, 'data'), password, false);
    writeFileSync(join(unfinished, 'password'), password, { mode: 0o600 });
  });
  await copyAs(runner, join(home, 'data'), data);
  return readFileSync(join(home, 'password'), 'utf8');
}

/** `cp` under the runner's uid: what it writes belongs to the runner, and it shares blocks where the disk can. */
async function copyAs(runner: Runner, from: string, to: string): Promise<void> {
  runnerFolder(to, runner);
  if (process.platform !== 'win32') {
    const copied = await runProgram('cp', ['-R', `${from}/.`, to], runner, dirname(to)).catch(() => undefined);
    if (copied?.exit === 0) return;
  }
  await cp(from, to, { recursive: true });
}
