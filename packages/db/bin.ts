import { runCli } from '@repo/migrate/cli';
import config from './db.config.ts';

/** Entry of the bundle: the command line with the five domains built in. The histories lie beside it. */
await runCli({ config, root: import.meta.dirname });
