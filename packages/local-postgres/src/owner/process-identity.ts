import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One process of this machine, told apart from a later one that got the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in digits: clock ticks since boot on Linux, epoch seconds elsewhere, `0` where unknown. */
  started: string;
}

/** When a live process started; undefined if it is gone (a zombie is gone). */
export function processStart(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return isSignalable(pid) ? '0' : undefined;
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' }, encoding: 'utf8' });
    return String(Math.floor(Date.parse(text.trim()) / 1_000));
  } catch {
    return undefined;
  }
}

function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const thisProcess: ProcessIdentity = { pid: process.pid, started: processStart(process.pid) ?? '0' };

/** True while exactly this process runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processStart(identity.pid) === identity.started;
}
