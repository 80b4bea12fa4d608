import { cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** Makes dist/: the command line as bundled JavaScript, the grammar it needs, and the histories. It runs on Node alone:
 *  `node dist/db.mjs migrate`. What only authors use (generator, catalog diff, local servers, demo rows) stays out. */
await rm(dist, { recursive: true, force: true });
await build({
  entryPoints: { db: join(root, 'program.ts') },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  alias: { tls: join(import.meta.dirname, 'lazy-tls.ts') },
  external: ['@repo/local-postgres', '@supabase/pg-delta/*', 'pg', '@faker-js/faker'],
  define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
await build({
  entryPoints: { db: join(root, 'bin.ts') },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  platform: 'node',
  target: 'node22',
});
await cp(join(root, 'migrations'), join(dist, 'migrations'), {
  recursive: true,
  filter: (source) => !source.endsWith('snapshot.json'),
});
const grammar = createRequire(import.meta.resolve('@repo/migrate/cli')).resolve('libpg-query');
await cp(join(dirname(grammar), 'libpg-query.wasm'), join(dist, 'libpg-query.wasm'));
