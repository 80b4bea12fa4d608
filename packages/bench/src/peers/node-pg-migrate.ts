import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { report } from './report.ts';

await report(async (databaseUrl, folder) => {
  await runner({
    databaseUrl,
    dir: join(folder, 'node-pg-migrate'),
    direction: 'up',
    migrationsTable: 'pgmigrations',
    log: () => undefined,
  });
});
