import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Guarded, GuardMessage } from './guard-message.ts';

let watchdog: ChildProcess | undefined;

/** Makes sure that the thing ends soon after this process does, even by SIGKILL: one small watchdog process per owner
 *  waits for the end of its stdin. Returns the release, to be called once the thing is ended by other means. */
export function guard(thing: Guarded): () => void {
  const key = randomUUID();
  tell({ type: 'guard', key, thing });
  return () => tell({ type: 'release', key });
}

function tell(message: GuardMessage): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** A session of its own, so that neither a Ctrl-C nor a killed process group takes it along; no output of ours held open. */
function startWatchdog(): ChildProcess {
  const program = join(import.meta.dirname, 'watchdog.ts');
  const child = spawn(process.execPath, ['--no-warnings', program], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
  });
  child.once('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return child;
}
