import { join } from 'node:path';
import { runCli } from '@repo/migrate/cli';
import { domain } from '../synthetic/domain.ts';

/** As packages/db/program.ts: the command line with its configuration built in. */
void runCli({ config: { domains: [domain] }, root: join(import.meta.dirname, '..') });
