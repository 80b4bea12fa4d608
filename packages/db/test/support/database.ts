import { join } from 'node:path';
import { createTestDatabase, testServers } from '@repo/local-postgres/vitest';
import { migrateDomain, parseTarget } from '@repo/migrate';
import type { DomainConfig } from '@repo/migrate/config';
import postgres, { type Sql } from 'postgres';
import config from '../../db.config.ts';
import { templateName } from './template-name.ts';

export interface MigratedDatabase extends AsyncDisposable {
  readonly url: string;
  readonly sql: Sql;
}

/** The servers of this run: the oldest and the newest supported version, unless TEST_POSTGRES says otherwise. */
export const servers = testServers;

const root = join(import.meta.dirname, '../..');

/** Applies domains to a database; all of them, to their heads, unless said. */
export async function migrateTo(
  url: string,
  domains: readonly DomainConfig[] = config.domains,
  to?: string,
): Promise<void> {
  for (const domain of domains) await migrateDomain(domain, { root, target: parseTarget(url, 'test'), to });
}

/** A database of one's own with all five domains migrated and nothing seeded but what migrations bring. */
export async function migratedDatabase(server: string): Promise<MigratedDatabase> {
  const template = { name: templateName('domains', root), build: (url: string) => migrateTo(url) };
  return openTestDatabase(await createTestDatabase(template, { server }));
}

/** An empty database of one's own. */
export async function emptyDatabase(server: string): Promise<MigratedDatabase> {
  return openTestDatabase(await createTestDatabase(undefined, { server }));
}

/** A database and a pool on it, which go together. */
export function openTestDatabase(database: { url: string; drop(): Promise<void> }): MigratedDatabase {
  const sql = postgres(database.url, { max: 5, onnotice: () => {} });
  return {
    url: database.url,
    sql,
    [Symbol.asyncDispose]: async () => {
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}
