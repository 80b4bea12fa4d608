import { runCli } from '@repo/migrate/cli';
import config from './db.config.ts';

/** The program of the bundle: the command line with the five domains built in. The histories lie beside it. */
void runCli({ config, root: import.meta.dirname });
