import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.ts';

const peers = join(root, 'packages/bench/src/peers');
const require = createRequire(join(root, 'packages/bench/package.json'));
const ofEngine = createRequire(require.resolve('@repo/migrate/cli'));

/** Scripts that are bundled whole, as packages/db/scripts/build.ts does; all others keep their packages outside, as users run them. */
const WHOLE = new Set(['ours.ts', 'ours-cli.ts', 'ddl.ts', 'connect.ts', 'drizzle-bundled.ts']);

/** Makes JavaScript of src/peers in `folder`: reading TypeScript costs Node some 20 ms a process, which nobody pays in production. */
export async function bundleScripts(folder: string): Promise<void> {
  const scripts = (await readdir(peers)).map((name) => join(peers, name));
  const whole = (path: string) => WHOLE.has(path.slice(peers.length + 1));
  await esbuild(scripts.filter(whole), folder, [
    '--splitting',
    '--minify',
    '--target=node22',
    ...['@repo/local-postgres', '@supabase/pg-delta/*', 'pg', '@faker-js/faker'].map((name) => `--external:${name}`),
    // commander is CommonJS and asks for `require`; the grammar's loader looks for its .wasm file beside itself.
    "--banner:js=import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
    '--define:__dirname=import.meta.dirname',
  ]);
  await esbuild(
    scripts.filter((path) => !whole(path)),
    folder,
    ['--packages=external'],
  );
  await cp(join(dirname(ofEngine.resolve('libpg-query')), 'libpg-query.wasm'), join(folder, 'libpg-query.wasm'));
}

async function esbuild(entries: readonly string[], folder: string, options: readonly string[]): Promise<void> {
  const program = join(root, 'packages/db/node_modules/esbuild/bin/esbuild');
  const common = ['--bundle', '--platform=node', '--format=esm', '--out-extension:.js=.mjs', '--log-level=warning'];
  await promisify(execFile)(program, [...entries, `--outdir=${folder}`, ...common, ...options]);
}
