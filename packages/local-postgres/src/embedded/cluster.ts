import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { binariesMissing } from './platform-package.ts';
import { runProgram } from './run-program.ts';
import type { Runner } from './runner.ts';

/** Makes a folder that the runner owns and nobody else may enter. */
export function runnerFolder(path: string, runner: Runner): void {
  mkdirSync(path, { mode: 0o700 });
  if (runner.ids !== undefined) chownSync(path, runner.ids.uid, runner.ids.gid);
}

/** Makes a cluster (UTF8, locale C, superuser `postgres`, password over TCP) in a folder that does not exist yet.
 *  @throws {LocalPostgresError} LP_START_FAILED, LP_BINARIES_MISSING */
export async function initCluster(
  binaries: Binaries,
  runner: Runner,
  data: string,
  password: string,
  isDurable: boolean,
): Promise<void> {
  runnerFolder(data, runner);
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runner.ids !== undefined) chownSync(passwordFile, runner.ids.uid, runner.ids.gid);
  try {
    const args = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await runInitdb(
      binaries,
      runner,
      [...args, '-E', 'UTF8', '--locale=C', ...(isDurable ? [] : ['--no-sync'])],
      dirname(data),
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function runInitdb(binaries: Binaries, runner: Runner, args: readonly string[], cwd: string): Promise<void> {
  const result = await runProgram(binaries.initdb, args, runner, cwd).catch((error: unknown) => {
    throw binariesMissing(
      binaries.version,
      `${binaries.initdb} does not start (${codeOf(error) ?? messageOf(error)})`,
      error,
    );
  });
  if (result.exit === 0) return;
  if (isLoaderTalk(result.output) || !hasSpoken.test(result.output)) {
    throw binariesMissing(
      binaries.version,
      `${binaries.initdb} does not start (exit ${result.exit}: ${lastLines(result.output)})`,
    );
  }
  throw new LocalPostgresError('LP_START_FAILED', {
    expected: `initdb of PostgreSQL ${binaries.version} to make a cluster`,
    got: `exit ${result.exit}: ${lastLines(result.output)}`,
    fix: result.output.includes('effective user ID')
      ? 'run as a user that the system knows by name (initdb insists on a line in /etc/passwd), or start a container engine'
      : 'see to what it says (most often a full disk, or a folder that is mounted without permissions)',
  });
}

/** initdb's own first words. */
const hasSpoken = /^(The files belonging to|initdb: )/m;

/** True if the system could not load the program, so that it has not said a word itself. */
export const isLoaderTalk = (output: string): boolean =>
  /error while loading shared librar|Library not loaded/.test(output);

/** The last lines of a program's output, on one line. */
export function lastLines(output: string, count = 6): string {
  return output.trim().split('\n').slice(-count).join(' | ');
}

/** True if the folder holds a complete cluster. */
export const isCluster = (data: string): boolean => existsSync(join(data, 'PG_VERSION'));
