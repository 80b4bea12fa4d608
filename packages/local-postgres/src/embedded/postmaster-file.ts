import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity, processStart } from '../owner/process-identity.ts';

/** What Postgres writes to `postmaster.pid` in its data folder. */
export interface PostmasterFile {
  pid: number;
  isReady: boolean;
}

/** Reads `postmaster.pid`; undefined where no server runs on the folder, or none has come that far. */
export function readPostmasterFile(data: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, isReady: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

/** The process that runs a server on the folder: alive, and started by us with this very folder. */
export function runningPostmaster(data: string): ProcessIdentity | undefined {
  const pid = readPostmasterFile(data)?.pid;
  if (pid === undefined || !commandLine(pid).includes(data)) return undefined;
  const started = processStart(pid);
  return started === undefined ? undefined : { pid, started };
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-ww', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/** Ends a server, politely first: fast shutdown (or immediate, where its data is thrown away), then immediate, then
 *  SIGKILL. Returns once the process is gone. */
export async function stopPostmaster(server: ProcessIdentity, isThrowaway: boolean): Promise<void> {
  const steps: [NodeJS.Signals, number][] = isThrowaway ? [] : [['SIGINT', 30_000]];
  steps.push(['SIGQUIT', 5_000], ['SIGKILL', 5_000]);
  for (const [signal, waitMs] of steps) {
    if (await endsAfter(server, signal, waitMs)) return;
  }
}

async function endsAfter(server: ProcessIdentity, signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
  if (!isAlive(server)) return true;
  const deadline = performance.now() + waitMs;
  try {
    process.kill(server.pid, signal);
  } catch {
    return !isAlive(server);
  }
  while (performance.now() < deadline) {
    if (!isAlive(server)) return true;
    await sleep(10);
  }
  return false;
}
