import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.ts';
import { runProgram } from './run-program.ts';

/** A project in a folder of its own: one domain, one migration. Disposing removes it. */
export interface OneDomain extends AsyncDisposable {
  readonly folder: string;
  /** Runs the command line on it, and gives what it prints on stdout. */
  readonly db: (...args: readonly string[]) => Promise<string>;
}

/** Writes a project whose domain and schema are called `schema`. */
export async function createOneDomain(schema: string, migration: string): Promise<OneDomain> {
  const folder = await mkdtemp(join(tmpdir(), `bench-${schema}-`));
  const history = join(folder, `migrations/20260101000000_${schema}`);
  await mkdir(history, { recursive: true });
  await writeFile(join(history, 'migration.sql'), migration);
  await writeFile(join(folder, 'db.config.mjs'), configOf(schema));
  const main = join(root, 'packages/migrate/src/cli/main.js');
  const command = [process.execPath, main, '--config', join(folder, 'db.config.mjs')];
  return {
    folder,
    db: (...args) => runProgram([...command, ...args, '--quiet'], folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const configOf = (schema: string) => `const never = async () => { throw new Error('the bench never seeds'); };
export default { domains: [{ name: '${schema}', schema: '${schema}', migrations: 'migrations', generator: 'none',
  load: async () => ({ schema: {}, objects: [], backfills: [], seed: { reference: never, missing: never, demo: never } }) }] };
`;
