import { join } from 'node:path';
import { runCli } from '@repo/migrate/cli';
import { domain } from '../synthetic/domain.ts';

/** As packages/db/bin.ts: the command line with its configuration built in. */
await runCli({ config: { domains: [domain] }, root: join(import.meta.dirname, '..') });
