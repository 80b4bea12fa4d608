import { execFile } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

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
  return new Promise((settle) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env: { ...environment, PATH: '/usr/bin:/bin' }, cwd },
      (error, stdout, stderr) => settle({ exit: error === null ? 0 : (error.code ?? null), stdout, stderr }),
    );
  });
}
