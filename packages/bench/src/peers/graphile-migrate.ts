import { join } from 'node:path';
import { migrate } from 'graphile-migrate';
import { report } from './report.ts';

await report(async (connectionString, folder) => {
  await migrate({ connectionString, migrationsFolder: join(folder, 'graphile-migrate') });
});
