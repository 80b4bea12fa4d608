import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '../error-text.ts';
import { LocalPostgresError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { isLoaderTalk, lastLines } from './cluster.ts';
import { binariesMissing } from './platform-package.ts';
import { portTaken } from './port.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { programEnvironment } from './run-program.ts';
import type { Runner } from './runner.ts';

/** How long a server may take to become ready, milliseconds; recovery after a crash is the slow case. */
const READY_MS = 120_000;
const POLL_MS = 5;

interface Launch {
  binaries: Binaries;
  runner: Runner;
  data: string;
  log: string;
  port: number;
  args: readonly string[];
  /** Called at once, before the server is ready. */
  onSpawn: (pid: number) => void;
}

/** Starts `postgres` as our child, in a process group of its own (a Ctrl-C is ours to answer), and returns its pid when
 *  it takes connections. @throws {LocalPostgresError} LP_PORT_TAKEN, LP_START_FAILED, LP_BINARIES_MISSING */
export async function launchPostmaster(launch: Launch): Promise<number> {
  const log = openSync(launch.log, 'w', 0o600);
  const child = spawn(launch.binaries.postgres, ['-D', launch.data, ...launch.args], {
    ...launch.runner.ids,
    cwd: launch.data,
    env: programEnvironment(),
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const ended = endOf(child);
  child.unref();
  if (child.pid !== undefined) launch.onSpawn(child.pid);
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    const file = readPostmasterFile(launch.data);
    if (child.pid !== undefined && file?.pid === child.pid && file.isReady) return child.pid;
    const failure = await Promise.race([ended, sleep(POLL_MS, undefined)]);
    if (failure !== undefined) throw explain(launch, failure);
  }
  child.kill('SIGQUIT');
  throw explain(launch, `not ready after ${READY_MS / 1_000} s`);
}

/** Settles with the reason when the process cannot start or has ended. */
function endOf(child: ChildProcess): Promise<Error | string> {
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `exit ${code}`}`));
  });
}

function explain(launch: Launch, failure: Error | string): LocalPostgresError {
  const { binaries, log, port } = launch;
  if (failure instanceof Error) {
    return binariesMissing(
      binaries.version,
      `${binaries.postgres} does not start (${codeOf(failure) ?? messageOf(failure)})`,
      failure,
    );
  }
  const text = readFileSync(log, 'utf8');
  if (/could not bind|could not create any TCP\/IP sockets/.test(text)) return portTaken(`port ${port}`, port);
  if (isLoaderTalk(text)) return binariesMissing(binaries.version, lastLines(text));
  return new LocalPostgresError('LP_START_FAILED', {
    expected: `PostgreSQL ${binaries.version} to take connections`,
    got: `${failure}: ${lastLines(text)}`,
    fix: `see to what its log says (${log}); a wrong name or value in \`settings\` is the common cause`,
  });
}
