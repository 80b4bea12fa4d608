import { join } from 'node:path';
import knex from 'knex';
import { report } from './report.ts';

await report(async (connection, folder) => {
  const database = knex({ client: 'pg', connection, pool: { min: 0, max: 1 } });
  await database.migrate.latest({ directory: join(folder, 'knex'), loadExtensions: ['.cjs'] });
  await database.destroy();
});
