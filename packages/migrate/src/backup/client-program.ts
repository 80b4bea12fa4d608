import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { DbError } from '../errors/db-error.ts';

type ProgramName = 'pg_dump' | 'pg_restore';

/** One of PostgreSQL's client programs, on PATH or in an image that is here already. */
export interface ClientProgram {
  readonly name: ProgramName;
  readonly major: number;
  /** As the program says it, and where it was found. */
  readonly version: string;
  readonly command: string;
  /** What stands before the program's own arguments. */
  readonly before: readonly string[];
  readonly inDocker: boolean;
}

/** What a program has to be able to do. */
export interface Needed {
  /** The oldest major version that will do. */
  readonly atLeast: number;
  /** Where it has to connect to; NULL: nowhere. A container sees neither a folder of sockets nor a certificate of ours. */
  readonly target: Target | null;
}

/** The first program that will do: on PATH, then in a local image `postgres`; nothing is pulled. Undefined: there is none. */
export async function findProgram(
  name: ProgramName,
  { atLeast, target }: Needed,
  environment: Environment,
): Promise<ClientProgram | undefined> {
  for await (const found of candidates(name, environment)) {
    if (found.major >= atLeast && !(found.inDocker && target !== null && !isSeenFromDocker(target))) return found;
  }
  return undefined;
}

function isSeenFromDocker({ socket, url, certificates }: Target): boolean {
  return (
    socket === null && certificates === undefined && !/^verify-/.test(new URL(url).searchParams.get('sslmode') ?? '')
  );
}

async function* candidates(name: ProgramName, environment: Environment): AsyncGenerator<ClientProgram> {
  const onPath = parseVersion(await answer(name, ['--version'], environment));
  if (onPath !== undefined) yield { name, ...onPath, command: name, before: [], inDocker: false };
  const images = await answer(
    'docker',
    ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'postgres'],
    environment,
  );
  for (const image of images
    .split('\n')
    .filter((line) => /^postgres:\d/.test(line))
    .sort()
    .reverse()) {
    const before = [
      'run',
      '--rm',
      '--interactive',
      ...NETWORK,
      ...PASSED.flatMap((variable) => ['--env', variable]),
      image,
      name,
    ];
    const version = parseVersion(await answer('docker', [...before, '--version'], environment));
    if (version === undefined) continue;
    yield {
      name,
      major: version.major,
      version: `${version.version} in Docker`,
      command: 'docker',
      before,
      inDocker: true,
    };
  }
}

/** On Linux a container on the host's network reaches what we reach; elsewhere the host has a name. */
const NETWORK =
  process.platform === 'linux' ? ['--network', 'host'] : ['--add-host', 'host.docker.internal:host-gateway'];
const HOST_IN_DOCKER = process.platform === 'linux' ? undefined : 'host.docker.internal';

/** What libpq reads. Values are passed by the environment, for everybody can read a command line. */
const PASSED = ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE', 'PGSSLMODE'];

/** `pg_dump (PostgreSQL) 15.18 (Debian …)`. */
function parseVersion(text: string): { readonly version: string; readonly major: number } | undefined {
  const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(text) ?? [];
  return version === undefined ? undefined : { version, major: Number(major) };
}

/** What a program prints; empty where it is not there or fails. */
async function answer(command: string, args: readonly string[], environment: Environment): Promise<string> {
  return await new Promise((resolve) => {
    const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    child.on('error', () => resolve(''));
    child.on('close', (code) => resolve(code === 0 ? text : ''));
  });
}

export interface RunningProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles with its end.
   *  @throws {DbError} DB_BACKUP_TOOL with what it complained of */
  readonly ended: Promise<void>;
  kill(): void;
}

/** Starts a program; its arguments hold no secret. */
export function startProgram(
  { name, command, before, version }: ClientProgram,
  args: readonly string[],
  environment: Environment,
): RunningProgram {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command, [...before, ...args], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString('utf8')}`.slice(0, COMPLAINT_MAX);
  });
  // It may end before it has read everything; its exit code tells.
  child.stdin.on('error', () => {});
  const ended = new Promise<void>((resolve, reject) => {
    const failed = (why: string) => reject(new DbError('DB_BACKUP_TOOL', { why: `${name} ${version}: ${why.trim()}` }));
    child.on('error', (error) => failed(error.message));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else failed(complaint === '' ? `ended with ${code ?? signal}` : complaint);
    });
  });
  // Whoever reads its output may meet the failure first.
  ended.catch(() => {});
  return { stdin: child.stdin, stdout: child.stdout, ended, kill: () => child.kill() };
}

const COMPLAINT_MAX = 2000;

/** The environment by which libpq reaches a target, in place of what the URL has; the password is nowhere else. */
export function libpqEnvironment(
  { url, socket, user, database, libpqFiles }: Target,
  environment: Environment,
  inDocker: boolean,
): Environment {
  const parsed = new URL(url);
  const host = decodeURIComponent(socket ?? parsed.hostname.replace(/^\[|\]$/g, ''));
  const isLocal = ['localhost', '127.0.0.1', '::1'].includes(host);
  const said = {
    PGHOST: inDocker && isLocal ? (HOST_IN_DOCKER ?? host) : host,
    PGPORT: parsed.port,
    PGUSER: user,
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: database,
    PGSSLMODE: parsed.searchParams.get('sslmode') ?? '',
    // The driver's certificate authority; libpq has one of its own.
    PGSSLROOTCERT: environment['PGSSLROOTCERT'] ?? environment['NODE_EXTRA_CA_CERTS'] ?? '',
    ...libpqFiles,
  };
  const fromUrl = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== ''));
  // These would beat what the URL says.
  const { PGSERVICE: _service, PGHOSTADDR: _address, PGOPTIONS: _options, ...rest } = environment;
  return { ...rest, ...fromUrl };
}
