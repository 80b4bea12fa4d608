import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** As drizzle's documentation says, on one connection. */
export async function drizzleMigrate(url: string, folder: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  await migrate(drizzle({ client }), { migrationsFolder: join(folder, 'migrations') });
  await client.end({ timeout: 5 });
}
