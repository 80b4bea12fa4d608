import { createRequire, enableCompileCache } from 'node:module';

/** As packages/db/bin.ts. */
enableCompileCache();
createRequire(import.meta.url)('./ours-cli-program.cjs');
