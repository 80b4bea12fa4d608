import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from '../env.ts';

const CLI = join(root, 'packages/migrate/src/cli/main.js');
const CONFIG = join(root, 'packages/db/db.config.ts');

export type Environment = Record<string, string | undefined>;

export class CommandFailed extends Error {
  readonly exit: number;

  constructor(command: string, exit: number, message: string) {
    super(`pnpm db ${command}: ${message}`);
    this.name = 'CommandFailed';
    this.exit = exit;
  }
}

interface Answer<T> {
  readonly ok: boolean;
  readonly domains: readonly T[];
  readonly error?: { readonly code: string; readonly message: string; readonly fix: string };
}

/** Runs `pnpm db <command> --json` in an environment and returns its `domains`. Talk goes to our stderr.
 *  @throws {CommandFailed} with the command's exit code and its fix, or with how it ended where it gave no answer */
export async function runDb<T>(args: readonly string[], env: Environment): Promise<readonly T[]> {
  const child = spawn(process.execPath, [CLI, '--config', CONFIG, ...args, '--json', '--quiet'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, { exit, how }] = await Promise.all([text(child.stdout), ended(child)]);
  const answer = parse<T>(printed);
  if (exit === 0 && answer?.ok === true) return answer.domains;
  const error = answer?.error;
  throw new CommandFailed(
    args[0] ?? '',
    exit,
    error === undefined ? how : `${error.code} ${error.message}\n  fix: ${error.fix}`,
  );
}

/** How a process ended: its exit code, 1 where a signal ended it, and the same in words. */
function ended(child: ChildProcess): Promise<{ readonly exit: number; readonly how: string }> {
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      settle(
        code === null
          ? { exit: 1, how: `it was ended by ${signal}` }
          : { exit: code, how: `it ended with exit ${code}` },
      );
    });
  });
}

/** Undefined where a process died before, or while, it printed its one JSON object. */
function parse<T>(printed: string): Answer<T> | undefined {
  try {
    return JSON.parse(printed) as Answer<T>;
  } catch {
    return undefined;
  }
}
