import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dockerHost, testPostgresImage } from '../../src/env.ts';
import type { LocalPostgres, StartOptions } from '../../src/index.ts';

export interface OwnerProcess {
  child: ChildProcess;
  server: Pick<LocalPostgres, 'url' | 'pid' | 'dataDirectory'> & { watchdog?: number };
}

interface OwnerOptions extends StartOptions {
  uid?: number;
  tmpdir?: string;
}

/** Starts another Node process that starts a server and then waits; resolves when the server takes connections. */
export async function ownerProcess({ uid, tmpdir, ...options }: OwnerOptions): Promise<OwnerProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../fixtures/owner.ts'), JSON.stringify(options)], {
    cwd: '/',
    env: { ...ownerEnvironment(), ...(tmpdir === undefined ? {} : { TMPDIR: tmpdir }) },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, server: JSON.parse(line) };
  throw new Error(complaint);
}

/** Ends the process as `kill -9` does and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** What a container engine needs, and nothing else of ours. */
function ownerEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1' };
  const [host, image] = [dockerHost(), testPostgresImage()];
  if (host !== undefined) environment.DOCKER_HOST = host;
  if (image !== undefined) environment.TEST_POSTGRES_IMAGE = image;
  return environment;
}
