import { join } from 'node:path';
import {
  type DomainConfig,
  type MigrateResult,
  migrate as migrateDomain,
  type SchemaReady,
  type StartOptions,
  type WaitForSchemaOptions,
  waitForSchema as waitForDomain,
} from '@repo/migrate/start';
import config from '../db.config.ts';
import type { DomainName } from './client/create-db.ts';

export { DbError, type Logger, type MigrateResult, type SchemaReady } from '@repo/migrate/start';

interface OfDomain {
  readonly domain: DomainName;
  /** Folder that holds `migrations/`; to be said where the program is bundled. */
  readonly root?: string | undefined;
}

export type MigrateOptions = OfDomain & Omit<StartOptions, 'domain' | 'root' | 'hooks'>;
export type WaitOptions = OfDomain & Omit<WaitForSchemaOptions, 'domain' | 'root'>;

/** Brings the database of one domain to this build's head before the application opens it: connect, test, apply what is pending,
 *  return. Any number of instances may start at once.
 *  @throws {DbError} as `db migrate` ends; the application should not go on */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  return await migrateDomain({ ...options, ...found(options), hooks: config.hooks });
}

/** Resolves once the database of one domain has every migration of this build: for an instance that somebody else migrates for. It
 *  only reads; a pooler and an app's role are no trouble.
 *  @throws {DbError} DB_PENDING after `timeoutMs`, 60 s unless said; at once what waiting cannot cure */
export async function waitForSchema(options: WaitOptions): Promise<SchemaReady> {
  return await waitForDomain({ ...options, ...found(options) });
}

function found({ domain: wanted, root = join(import.meta.dirname, '..') }: OfDomain): {
  readonly domain: DomainConfig;
  readonly root: string;
} {
  const domain = config.domains.find(({ name }) => name === wanted);
  if (domain === undefined) throw new TypeError(`expected the name of a domain, got ${String(wanted)}`);
  return { domain, root };
}
