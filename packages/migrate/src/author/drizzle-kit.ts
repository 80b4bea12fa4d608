import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { DbError } from '../errors/db-error.ts';

/** What drizzle-kit answers to one call of its `drizzle-kit/cli`. */
export interface KitAnswer {
  readonly status: string;
  /** What it printed for people meanwhile; empty where it printed nothing. */
  readonly said: string;
  readonly [key: string]: unknown;
}

type Command = 'check' | 'exportSql' | 'generate';

/** drizzle-kit of a project. Calls are answered one after the other, by one process that loads it once: a schema that is edited
 *  meanwhile is not read again. It is only ever called while authoring, never in deploy. */
export interface DrizzleKit extends Disposable {
  /** @throws {DbError} DB_GENERATE where it ends without an answer */
  call(command: Command, options: object): Promise<KitAnswer>;
}

/** drizzle-kit of the project in `root`, whose process starts at once.
 *  @throws {DbError} DB_GENERATE where the project has none */
export function openKit(root: string): DrizzleKit {
  const program = join(kitFolder(root), 'cli.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'drizzle-kit-'));
  const said = join(folder, 'said');
  // A file, not a pipe: what it printed is there when its answer is.
  const stream = openSync(said, 'w');
  const child = fork(CHILD, [program], { cwd: root, execArgv: [], stdio: ['ignore', stream, stream, 'ipc'] });
  // It would go on writing where nobody waits for it.
  const end = () => {
    child.kill('SIGKILL');
    closeSync(stream);
    rmSync(folder, { recursive: true, force: true });
  };
  process.prependOnceListener('exit', end);
  let read = 0;
  const saidSince = () => {
    const text = readFileSync(said, 'utf8');
    const since = text.slice(read);
    read = text.length;
    return stripVTControlCharacters(since).trim();
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    call: (command, options) => {
      const answer = last.then(() => ask(child, { command, options }, saidSince));
      last = answer.catch(() => {});
      return answer;
    },
    [Symbol.dispose]: () => {
      process.off('exit', end);
      end();
    },
  };
}

const CHILD = join(import.meta.dirname, 'drizzle-kit-child.js');

/** One call at a time: the next message is its answer. */
async function ask(
  child: ChildProcess,
  call: { command: Command; options: object },
  said: () => string,
): Promise<KitAnswer> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    const ended = child.connected ? once(child, 'close', { signal }).then(() => []) : [];
    if (child.connected) child.send(call);
    const [answer]: KitAnswer[] = await Promise.race([ended, once(child, 'message', { signal })]);
    if (answer === undefined) {
      throw new DbError('DB_GENERATE', { why: `drizzle-kit ${call.command}: ${said() || 'no answer'}` });
    }
    return { ...answer, said: said() };
  } finally {
    waiting.abort();
  }
}

/** Why it failed, in words: its own, or those of its code. */
export function whyNot({ said, error, ...rest }: KitAnswer): string {
  if (said !== '') return said;
  const { message, code = 'unknown_error', ...facts } = (error ?? rest) as Readonly<Record<string, unknown>>;
  if (typeof message === 'string') return message;
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${inWords(value)}`);
  return [
    String(code)
      .replace(/_error$/, '')
      .replaceAll('_', ' '),
    shown.join(', '),
  ]
    .filter((text) => text !== '')
    .join(': ');
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join('.');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Runs drizzle-kit on the terminal until it ends, and never longer than this process; gives its exit code, 0 where a signal ended it.
 *  All that it prints is talk: it goes to stderr.
 *  @throws {DbError} DB_GENERATE where the project has none */
export async function spawnKit(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const program = join(kitFolder(root), 'bin.cjs');
  const child = spawn(process.execPath, [program, ...args], { cwd: root, env, stdio: ['inherit', 2, 2] });
  // It listens, with the database's password, for as long as it lives.
  const end = () => child.kill();
  process.prependOnceListener('exit', end);
  return await new Promise<number>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle(code ?? 0));
  }).finally(() => process.off('exit', end));
}

/** Where drizzle-kit of the project in `root` is installed.
 *  @throws {DbError} DB_GENERATE where the project has none */
export function kitFolder(root: string): string {
  const manifest = find('drizzle-kit', root);
  if (manifest !== undefined) return dirname(manifest);
  throw new DbError('DB_GENERATE', {
    why: 'drizzle-kit is not installed in this project',
    fix: 'add it as a development dependency',
  });
}

function find(name: string, root: string): string | undefined {
  try {
    return findPackageJSON(name, join(root, 'package.json'));
  } catch {
    return undefined;
  }
}
