import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { TEST_PATH } from './pg-dump.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.js');

export interface Ended {
  readonly exit: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bin as a user would, with nothing of our own environment but PATH. */
export function runMain(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return startMain(args, cwd, environment).ended;
}

/** As `runMain`, for a test that has something to do to the process; one that was killed ends with exit null. */
export function startMain(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(
    process.execPath,
    [MAIN, ...args],
    { env: { PATH: TEST_PATH, ...environment }, cwd },
    (error, stdout, stderr) => resolve({ exit: error === null ? 0 : (error.code ?? null), stdout, stderr }),
  );
  return { child, ended: promise };
}
