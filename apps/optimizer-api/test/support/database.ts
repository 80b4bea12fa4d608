import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDb, type Db } from '@repo/db';
import { createTestDatabase } from '@repo/local-postgres/vitest';

const ROOT = join(import.meta.dirname, '../../../..');
const CLI = join(ROOT, 'packages/migrate/src/cli/main.js');
const CONFIG = join(ROOT, 'packages/db/db.config.ts');
export const MIGRATIONS = join(ROOT, 'packages/db/migrations/optimizer');

/** A database of one's own with the optimizer's schema and the roles of db.config.ts. */
export interface AppDatabase extends AsyncDisposable {
  /** As the superuser: what the test looks at, past all policies. */
  readonly owner: Db<'optimizer'>;
  /** Work as the app's and as the worker's role; logging in as the superuser spares the tests passwords. */
  readonly appUrl: string;
  readonly workerUrl: string;
}

/** Deployed as in production: `db migrate`, then `db roles apply`, once per server, and cloned. */
export async function appDatabase(server: string): Promise<AppDatabase> {
  const database = await createTestDatabase({ name: templateName(), build: deploy }, { server });
  const owner = createDb({ domain: 'optimizer', url: database.url, app: 'test', connectionsMax: 4 });
  return {
    owner,
    appUrl: asRole(database.url, 'optimizer_app'),
    workerUrl: asRole(database.url, 'optimizer_worker'),
    [Symbol.asyncDispose]: async () => {
      await owner.close();
      await database.drop();
    },
  };
}

async function deploy(url: string): Promise<void> {
  for (const command of [
    ['migrate', '--domain', 'optimizer'],
    ['roles', 'apply', '--yes'],
  ])
    await promisify(execFile)(process.execPath, [CLI, '--config', CONFIG, ...command, '--url', url, '--quiet']);
}

function asRole(url: string, role: string): string {
  const withRole = new URL(url);
  withRole.searchParams.set('role', role);
  return withRole.href;
}

function templateName(): string {
  const hash = createHash('sha256');
  const files = readdirSync(MIGRATIONS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sql'));
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  return `optimizer_app_${hash.digest('hex').slice(0, 16)}`;
}
