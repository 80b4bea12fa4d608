import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import { relations as audit } from './audit/relations.ts';
import { relations as bot } from './bot/relations.ts';
import { DbClientError } from './errors.ts';
import { relations as optimizer } from './optimizer/relations.ts';
import { relations as train } from './train/relations.ts';
import { relations as video } from './video/relations.ts';

const RELATIONS = { bot, audit, video, optimizer, train } as const;

export type DomainName = keyof typeof RELATIONS;

export interface CreateDbOptions<D extends DomainName> {
  readonly domain: D;
  /** Connection URL of the domain's database. */
  readonly url: string;
  /** Shown as application_name to whoever operates the server. */
  readonly app: string;
  /** Connections of the pool; 20 unless said. */
  readonly connectionsMax?: number;
}

/** The typed database of one domain: builder queries on any of its tables, relational queries on its relations. */
export type Db<D extends DomainName> = PostgresJsDatabase<(typeof RELATIONS)[D]> & {
  readonly $client: Sql;
  /** Lets running queries end (at most 5 s), then closes the pool. Safe to call twice. */
  close(): Promise<void>;
} & AsyncDisposable;

/** Opens a pool for one domain; the first query connects, importing and calling this do not. The caller owns it:
 *  `await using db = createDb({ domain: 'optimizer', url, app: 'optimizer-api' })`.
 *  @throws {DbClientError} DB_CLIENT_URL_MISSING, DB_CLIENT_URL_INVALID, DB_CLIENT_UNKNOWN_DOMAIN */
export function createDb<D extends DomainName>(options: CreateDbOptions<D>): Db<D> {
  const { domain, url, app, connectionsMax = 20 } = options;
  if (!Object.hasOwn(RELATIONS, domain)) {
    throw new DbClientError(
      'DB_CLIENT_UNKNOWN_DOMAIN',
      `expected one of ${Object.keys(RELATIONS).join(', ')}, got ${domain}`,
    );
  }
  if (url === '')
    throw new DbClientError(
      'DB_CLIENT_URL_MISSING',
      `createDb: no url was given for ${domain}; set DATABASE_URL and pass it`,
    );
  if (!URL.canParse(url))
    throw new DbClientError(
      'DB_CLIENT_URL_INVALID',
      'createDb: url is not postgresql://user:password@host:5432/database',
    );
  const client = postgres(url, { max: connectionsMax, connection: { application_name: app }, onnotice: () => {} });
  const db = drizzle({ client, relations: RELATIONS[domain] });
  const close = () => client.end({ timeout: 5 });
  return Object.assign(db, { close, [Symbol.asyncDispose]: close }) as unknown as Db<D>;
}
