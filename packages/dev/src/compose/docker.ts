import { spawnSync } from 'node:child_process';

/** The compose command of this machine, run in one folder. */
export interface Compose {
  /** Runs it with its output on stderr; returns its exit code. */
  readonly run: (...args: readonly string[]) => number;
  /** Runs it silently; its trimmed stdout, or undefined when it failed. */
  readonly ask: (...args: readonly string[]) => string | undefined;
}

export type FoundCompose =
  | { readonly ok: true; readonly compose: Compose }
  | { readonly ok: false; readonly why: string };

/** Finds `docker compose`, or `docker-compose` where the plugin is missing, and asks whether the engine answers. */
export function findCompose(cwd: string): FoundCompose {
  const candidates = [['docker', 'compose'], ['docker-compose']] as const;
  const found = candidates.find(([program, ...args]) => ask(program, [...args, 'version'], cwd) !== undefined);
  if (found === undefined) return { ok: false, why: 'neither `docker compose` nor `docker-compose` is installed' };
  if (ask('docker', ['info'], cwd) === undefined)
    return { ok: false, why: 'no Docker engine answers (`docker info` fails)' };
  const [program, ...prefix] = found;
  return {
    ok: true,
    compose: {
      run: (...args) => show(program, [...prefix, ...args], cwd),
      ask: (...args) => ask(program, [...prefix, ...args], cwd),
    },
  };
}

/** Waits until a container ends; its exit code, or undefined when the engine cannot tell. */
export function waitForContainer(id: string): number | undefined {
  const code = Number.parseInt(ask('docker', ['wait', id]) ?? '', 10);
  return Number.isNaN(code) ? undefined : code;
}

/** Shows what a container wrote since its last start, on stderr. */
export function showLogs(id: string): void {
  const startedAt = ask('docker', ['inspect', '--format', '{{.State.StartedAt}}', id]);
  show('docker', ['logs', ...(startedAt === undefined ? [] : ['--since', startedAt]), id]);
}

function ask(program: string, args: readonly string[], cwd?: string): string | undefined {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function show(program: string, args: readonly string[], cwd?: string): number {
  const result = spawnSync(program, args, { cwd, stdio: ['ignore', process.stderr.fd, process.stderr.fd] });
  return result.status ?? 1;
}
