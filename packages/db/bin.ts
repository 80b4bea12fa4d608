import { enableCompileCache } from 'node:module';

// Compiled code is kept between runs, where the machine has a writable temporary folder.
enableCompileCache();

const [{ runCli }, { default: config }] = await Promise.all([import('@repo/migrate/cli'), import('./db.config.ts')]);

/** Entry of the bundle: the command line with the five domains built in. The histories lie beside it. */
await runCli({ config, root: import.meta.dirname });
