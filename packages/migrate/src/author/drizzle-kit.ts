import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { DbError } from '../errors/db-error.ts';

/** drizzle-kit's one JSON object on stdout. */
export interface KitAnswer {
  readonly status: string;
  /** What it says for people; empty where it says nothing. */
  readonly said: string;
  readonly [key: string]: unknown;
}

/** Runs drizzle-kit of the project in `root` and parses its answer. It is only ever called while authoring, never in deploy.
 *  @throws {DbError} DB_GENERATE where it prints no JSON object */
export async function drizzleKit(root: string, args: readonly string[]): Promise<KitAnswer> {
  const { stdout, stderr } = await runKit(root, [...args, '--output', 'json']);
  const start = stdout.indexOf('{');
  try {
    const answer = JSON.parse(stdout.slice(start)) as Omit<KitAnswer, 'said'>;
    return { ...answer, status: String(answer['status']), said: stripVTControlCharacters(stderr).trim() };
  } catch (cause) {
    throw new DbError(
      'DB_GENERATE',
      { why: `drizzle-kit ${args[0]}: ${(stderr + stdout).trim() || 'no answer'}` },
      { cause },
    );
  }
}

/** Why it failed, in words. */
export function whyNot({ said, error, ...rest }: KitAnswer): string {
  if (said !== '') return said;
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(error ?? rest);
}

/** The declared state as DDL, one text. */
export async function exportSchema(root: string, config: string): Promise<string> {
  const { stdout, stderr, failed } = await runKit(root, ['export', '--config', config]);
  if (failed) throw new DbError('DB_GENERATE', { why: `drizzle-kit export: ${(stderr + stdout).trim()}`, at: config });
  return stdout;
}

/** Runs drizzle-kit on the terminal until it ends; gives its exit code, 0 where a signal ended it. */
export async function spawnKit(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(process.execPath, [await kitBin(root), ...args], { cwd: root, env, stdio: 'inherit' });
  return await new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle(code ?? 0));
  });
}

/** Its streams are files: it ends without waiting for a pipe, which takes 64 kB at a time, and what is left then would be lost. */
async function runKit(
  root: string,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; failed: boolean }> {
  const bin = await kitBin(root);
  const folder = mkdtempSync(join(tmpdir(), 'drizzle-kit-'));
  const files = ['stdout', 'stderr'].map((name) => join(folder, name));
  const streams = files.map((file) => openSync(file, 'w'));
  const child = spawn(process.execPath, [bin, ...args], { cwd: root, stdio: ['ignore', ...streams] });
  // It would go on writing where nobody waits for it.
  const end = () => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.prependOnceListener('exit', end);
  try {
    const failed = await new Promise<boolean>((settle, reject) => {
      child.once('error', reject);
      child.once('close', (code) => settle(code !== 0));
    });
    const [stdout = '', stderr = ''] = files.map((file) => readFileSync(file, 'utf8'));
    return { stdout, stderr, failed };
  } finally {
    process.off('exit', end);
    for (const stream of streams) closeSync(stream);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function kitBin(root: string): Promise<string> {
  const manifest = find('drizzle-kit', root);
  if (manifest === undefined) {
    throw new DbError('DB_GENERATE', {
      why: 'drizzle-kit is not installed in this project',
      fix: 'add it as a development dependency',
    });
  }
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['drizzle-kit'] ?? '');
}

function find(name: string, root: string): string | undefined {
  try {
    return findPackageJSON(name, join(root, 'package.json'));
  } catch {
    return undefined;
  }
}
