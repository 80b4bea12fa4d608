import { spawn } from 'node:child_process';
import type { Runner } from './runner.ts';

export interface ProgramResult {
  /** NULL: ended by a signal. */
  exit: number | null;
  /** stdout and stderr together. */
  output: string;
}

/** Runs a program to its end as the runner. Rejects with the system's error where it cannot be started. */
export function runProgram(file: string, args: readonly string[], runner: Runner, cwd: string): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...runner.ids,
      cwd,
      env: programEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, output }));
  });
}

/** All that a Postgres program gets to see: no `PG…`, `LD_…` or `NODE_…` of ours; English messages, no locale. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}
