import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DatabaseTemplate } from '@repo/local-postgres';
import { migrateDomain, parseTarget } from '@repo/migrate';
import type { Backfill, DomainConfig, Seed } from '@repo/migrate/config';
import { root } from './root.ts';

const database = join(root, 'packages/db');
const folder = join(database, 'migrations');

/** The five domains, in the order of packages/db/db.config.ts. */
export const DOMAINS = ['bot', 'audit', 'video', 'optimizer', 'train'] as const;
export type Domain = (typeof DOMAINS)[number];

/** The texts of a domain's migrations, oldest first. */
export function migrationTexts(domain: Domain): readonly string[] {
  return readdirSync(join(folder, domain), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, domain, name, 'migration.sql'), 'utf8'));
}

/** Migrates all five domains as a deploy does: a process of its own. Its failure is told without the URL, which is a secret. */
export async function migrateByCommand(url: string): Promise<void> {
  const cli = join(root, 'packages/migrate/src/cli/main.js');
  const config = join(database, 'db.config.ts');
  const args = [cli, '--config', config, 'migrate', '--quiet', '--url', url];
  await promisify(execFile)(process.execPath, args).catch(
    (error: { code?: unknown; stdout?: string; stderr?: string }) => {
      const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim();
      throw new Error(`db migrate ended with exit code ${String(error.code)}: ${said}`);
    },
  );
}

/** Migrates all five domains in this process, through the library door of the engine. */
export async function migrateInProcess(url: string): Promise<void> {
  for (const name of DOMAINS)
    await migrateDomain(domainConfig(name), { root: database, target: parseTarget(url, 'bench') });
}

/** All five domains at their heads. Only for servers that this run started: the name does not say the content. */
export const migratedTemplate: DatabaseTemplate = { name: 'bench: five domains', build: migrateByCommand };

/** db.config.ts is not behind a door of @repo/db, so its domains are declared anew; what differs is the backfills. */
function domainConfig(name: Domain): DomainConfig {
  return {
    name,
    schema: name,
    migrations: `migrations/${name}`,
    generator: `drizzle/${name}.config.ts`,
    load: async () => ({ schema: {}, objects: [], backfills: idleBackfills(name), seed: unused }),
  };
}

const notHere = async (): Promise<never> => {
  throw new Error('the bench migrates only; it never seeds');
};
const unused: Seed = { reference: notHere, missing: notHere, demo: notHere };

/** The backfills that a domain's migrations wait for, each with nothing to do, as in every empty database. */
function idleBackfills(name: Domain): readonly Backfill[] {
  const names = migrationTexts(name).flatMap((text) => [...text.matchAll(/^-- db: after-backfill (\S+)$/gm)]);
  return names.map(([, backfill = '']) => ({
    name: backfill,
    rule: 'nothing to do: the tables are empty',
    table: 'pg_catalog.pg_class',
    key: { column: 'oid', type: 'bigint' },
    batch: 'SELECT 1',
    remaining: 'SELECT count(*) FROM pg_catalog.pg_class WHERE false',
  }));
}
