import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../env.ts';

const CLI = join(root, 'packages/migrate/src/cli/main.ts');
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

/** Runs `pnpm db <command> --json` in an environment and returns its `domains`. Talk goes to our stderr.
 *  @throws {CommandFailed} with the command's exit code and its fix */
export async function runDb<T>(args: readonly string[], env: Environment): Promise<readonly T[]> {
  const child = spawn(process.execPath, [CLI, '--config', CONFIG, ...args, '--json', '--quiet'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exit = await new Promise<number>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle(code ?? 1));
  });
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    ok: boolean;
    domains: readonly T[];
    error?: { code: string; message: string; fix: string };
  };
  if (exit !== 0 || !answer.ok) {
    const { code, message, fix } = answer.error ?? { code: 'failed', message: '', fix: '' };
    throw new CommandFailed(args[0] ?? '', exit, `${code} ${message}\n  fix: ${fix}`);
  }
  return answer.domains;
}
