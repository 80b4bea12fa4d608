import { relations as audit } from '../audit/relations.ts';
import { relations as bot } from '../bot/relations.ts';
import { DbClientError } from '../errors.ts';
import { relations as optimizer } from '../optimizer/relations.ts';
import { relations as train } from '../train/relations.ts';
import { relations as video } from '../video/relations.ts';
import { Database } from './database.ts';
import { ClientDialect } from './dialect.ts';
import { Gate } from './pool/gate.ts';
import { CONNECTION_AGE_MAX_MS, openPool, type PoolOptions } from './pool/open-pool.ts';
import { PROFILES, type Profile, type Timeouts } from './pool/profiles.ts';
import { commentTags } from './query/comment-tags.ts';
import { QueryRunner } from './query/query-runner.ts';
import { type SlowQuery, SlowQueryLog } from './query/slow-query-log.ts';
import { StatementCache } from './query/statement-cache.ts';
import { ClientSession } from './session.ts';

const RELATIONS = { bot, audit, video, optimizer, train } as const;

export type DomainName = keyof typeof RELATIONS;

export interface CreateDbOptions<D extends DomainName> {
  readonly domain: D;
  /** Connection URL of the domain's database; a pooler may stand before it. Several hosts: the primary among them is used. */
  readonly url: string;
  /** Shown as application_name to whoever operates the server. */
  readonly app: string;
  /** Past the pooler, for getClient. `url` unless said. */
  readonly directUrl?: string;
  /** Asked for each connection, instead of the URL's password: short-lived tokens. */
  readonly password?: () => string | Promise<string>;
  /** Connections of the pool; 20 unless said. */
  readonly connectionsMax?: number;
  /** What kind of process this is, which sets the limits of time; web unless said. */
  readonly profile?: Profile;
  /** Single limits, where the profile's do not fit. */
  readonly timeouts?: Partial<Timeouts>;
  /** auto: prepared statements, except through a pooler. false: never. */
  readonly prepare?: 'auto' | false;
  /** Texts that are kept prepared on a connection at most; 500 unless said. */
  readonly preparedMax?: number;
  /** Told of every query that took slowMs (200 unless said) or longer. */
  readonly onSlowQuery?: (query: SlowQuery) => void;
  readonly slowMs?: number;
  /** Tags that are sent as a comment with each query, for example the route. Few different ones: each makes a text of its own. */
  readonly tags?: () => Readonly<Record<string, string>>;
  /** How long close lets running queries end; 5,000 unless said. */
  readonly drainMs?: number;
}

/** The typed database of one domain. */
export type Db<D extends DomainName> = Database<(typeof RELATIONS)[D]>;

/** Opens a pool for one domain; the first query connects, importing and calling this do not. The caller owns it:
 *  `await using db = createDb({ domain: 'optimizer', url, app: 'optimizer-api' })`.
 *  @throws {DbClientError} DB_CLIENT_URL_MISSING, DB_CLIENT_URL_INVALID, DB_CLIENT_UNKNOWN_DOMAIN */
export function createDb<D extends DomainName>(options: CreateDbOptions<D>): Db<D> {
  requireOptions(options);
  const { url, directUrl = url, app, password, connectionsMax = 20, prepare = 'auto', drainMs = 5_000 } = options;
  const timeouts = { ...PROFILES[options.profile ?? 'web'], ...options.timeouts };
  const open = (more: Pick<PoolOptions, 'connectionsMax' | 'onClose' | 'url'>) => {
    const client = openPool({ app, password, timeouts, ...more });
    return { client, runner: createRunner(options, new Gate(client, timeouts, prepare === 'auto')) };
  };
  const { client, runner } = open({ url, connectionsMax });
  const openDedicated = (onClose: () => void) => open({ url: directUrl, connectionsMax: 1, onClose });
  const relations: (typeof RELATIONS)[D] = RELATIONS[options.domain];
  const session = new ClientSession(client, { dialect: new ClientDialect(), relations, runner });
  return new Database({ session, client, runner, drainMs, openDedicated });
}

function createRunner(options: CreateDbOptions<DomainName>, gate: Gate): QueryRunner {
  const { app, slowMs = 200, preparedMax = 500, onSlowQuery, tags } = options;
  return new QueryRunner({
    gate,
    statements: new StatementCache(preparedMax, CONNECTION_AGE_MAX_MS),
    slow: new SlowQueryLog(app, slowMs, onSlowQuery),
    comment: tags && (() => commentTags(tags())),
  });
}

function requireOptions({ domain, url }: CreateDbOptions<DomainName>): void {
  if (!Object.hasOwn(RELATIONS, domain))
    throw new DbClientError(
      'DB_CLIENT_UNKNOWN_DOMAIN',
      `expected one of ${Object.keys(RELATIONS).join(', ')}, got ${domain}`,
    );
  if (url === '')
    throw new DbClientError(
      'DB_CLIENT_URL_MISSING',
      `createDb: no url was given for ${domain}; set DATABASE_URL and pass it`,
    );
}
