import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.ts';

const peers = join(root, 'packages/bench/src/peers');
const require = createRequire(join(root, 'packages/bench/package.json'));
const ofEngine = createRequire(require.resolve('@repo/migrate/cli'));

/** Scripts that are bundled whole; all others keep their packages outside, as users run them. */
const WHOLE = new Set(['ours.ts', 'ddl.ts', 'connect.ts', 'drizzle-bundled.ts']);
/** Bundled as packages/db/scripts/build.ts does it, into one file that is required. */
const PROGRAM = 'ours-cli-program.ts';

const forUs = [
  '--minify',
  '--target=node22',
  `--alias:tls=${join(root, 'packages/db/scripts/lazy-tls.ts')}`,
  ...['@repo/local-postgres', '@supabase/pg-delta/*', 'pg', '@faker-js/faker'].map((name) => `--external:${name}`),
];

/** Makes JavaScript of src/peers in `folder`: reading TypeScript costs Node some 20 ms a process, which nobody pays in production. */
export async function bundleScripts(folder: string): Promise<void> {
  const names = await readdir(peers);
  await esbuild(
    names.filter((name) => WHOLE.has(name)),
    folder,
    [
      ...forUs,
      ...ESM,
      '--splitting',
      // commander is CommonJS and asks for `require`; the grammar's loader looks for its .wasm file beside itself.
      "--banner:js=import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
      '--define:__dirname=import.meta.dirname',
    ],
  );
  await esbuild([PROGRAM], folder, [
    ...forUs,
    ...['--format=cjs', '--out-extension:.js=.cjs', '--define:import.meta.dirname=__dirname'],
  ]);
  await esbuild(
    names.filter((name) => !WHOLE.has(name) && name !== PROGRAM),
    folder,
    [...ESM, '--packages=external'],
  );
  await cp(join(dirname(ofEngine.resolve('libpg-query')), 'libpg-query.wasm'), join(folder, 'libpg-query.wasm'));
}

const ESM = ['--format=esm', '--out-extension:.js=.mjs'];

async function esbuild(names: readonly string[], folder: string, options: readonly string[]): Promise<void> {
  const program = join(root, 'packages/db/node_modules/esbuild/bin/esbuild');
  const entries = names.map((name) => join(peers, name));
  const common = ['--bundle', '--platform=node', '--log-level=warning'];
  await promisify(execFile)(program, [...entries, `--outdir=${folder}`, ...common, ...options]);
}
