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
  entryPoints: { db: join(root, 'bin.ts') },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // commander is CommonJS and asks for `require`.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
  },
  external: ['@repo/local-postgres', '@supabase/pg-delta/*', 'pg', '@faker-js/faker'],
  // The grammar's loader looks for its .wasm file beside itself.
  define: { __dirname: 'import.meta.dirname' },
  logLevel: 'warning',
});
await cp(join(root, 'migrations'), join(dist, 'migrations'), {
  recursive: true,
  filter: (source) => !source.endsWith('snapshot.json'),
});
const grammar = createRequire(import.meta.resolve('@repo/migrate/cli')).resolve('libpg-query');
await cp(join(dirname(grammar), 'libpg-query.wasm'), join(dist, 'libpg-query.wasm'));
