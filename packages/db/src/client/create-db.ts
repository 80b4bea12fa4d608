import { relations as audit } from '../audit/relations.ts';
import { relations as bot } from '../bot/relations.ts';
import { DbClientError } from '../errors.ts';
import { relations as optimizer } from '../optimizer/relations.ts';
import { relations as train } from '../train/relations.ts';
import { relations as video } from '../video/relations.ts';
import { buildName } from './build-name.ts';
import { Database } from './database.ts';
import { ClientDialect } from './dialect.ts';
import { perProcess } from './per-process.ts';
import type { OpenSession } from './pool/dedicated-client.ts';
import { Gate } from './pool/gate.ts';
import { CONNECTION_AGE_MAX_MS, openPool, type PoolOptions } from './pool/open-pool.ts';
import type { Pool } from './pool/pool.ts';
import { PoolUse } from './pool/pool-use.ts';
import { PROFILES, type Profile, type Timeouts } from './pool/profiles.ts';
import { commentTags } from './query/comment-tags.ts';
import { guarded } from './query/guarded.ts';
import { QueryRunner } from './query/query-runner.ts';
import { type SlowQuery, SlowQueryLog } from './query/slow-query-log.ts';
import { StatementCache } from './query/statement-cache.ts';
import { Replicas } from './replica/replicas.ts';
import { ClientSession } from './session.ts';

const RELATIONS = { bot, audit, video, optimizer, train } as const;

export type DomainName = keyof typeof RELATIONS;

export interface CreateDbOptions<D extends DomainName> {
  readonly domain: D;
  /** Connection URL of the domain's database; a pooler may stand before it. Several hosts: the primary among them is used. */
  readonly url: string;
  /** Shown to whoever operates the server, as the first part of application_name: `<app> <domain>@<newest migration of this build>`.
   *  By the second `migrate` holds contract migrations back while an older build is connected. */
  readonly app: string;
  /** Replicas of it, one URL each: `db.replica()` reads from them. Everything else goes to `url`. */
  readonly replicas?: readonly string[];
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
  /** Gives whoever asks with the same options the client that is open already, functions apart: for development servers that load
   *  modules anew. It is closed for all of them. */
  readonly perProcess?: boolean;
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
  return options.perProcess === true ? perProcess(JSON.stringify(options), () => openDb(options)) : openDb(options);
}

function openDb<D extends DomainName>(options: CreateDbOptions<D>): Db<D> {
  const { url, directUrl = url, app, password, connectionsMax = 20, prepare = 'auto', drainMs = 5_000 } = options;
  const limits = { ...PROFILES[options.profile ?? 'web'], ...options.timeouts };
  const open = ({ timeouts = limits, ...more }: OpenOptions): Pool => {
    const opened = openPool({ app: buildName(app, options.domain), password, timeouts, ...more });
    const { max } = opened.client.options;
    const use = new PoolUse(max, opened.sockets, timeouts.checkoutMs, tagsOf(options));
    const gate = new Gate(opened.client, timeouts, prepare === 'auto', () => {
      // a session of one's own is no part of the pool
      if (more.keepsSession !== true) use.publish(`${app} ${opened.place}`);
    });
    return { ...opened, runner: createRunner(options, gate, use) };
  };
  const pool = open({ url, connectionsMax });
  const replicas = new Replicas(
    (options.replicas ?? []).map((replica) =>
      // nobody waits for a replica: the next one is asked
      open({ url: replica, connectionsMax, readOnly: true, timeouts: { ...limits, connectMs: 2_000, failoverMs: 0 } }),
    ),
  );
  const openSession: OpenSession = (events) =>
    open({ url: directUrl, connectionsMax: 1, keepsSession: true, ...events });
  const relations: (typeof RELATIONS)[D] = RELATIONS[options.domain];
  const session = new ClientSession(pool.client, { dialect: new ClientDialect(), relations, runner: pool.runner });
  return new Database({ session, pool, replicas, drainMs, openSession });
}

type OpenOptions = Partial<PoolOptions> & Pick<PoolOptions, 'connectionsMax' | 'url'>;

/** The comment's text, also where there are none. */
function tagsOf({ tags }: CreateDbOptions<DomainName>): () => string {
  return () => (tags === undefined ? '' : (guarded('tags', () => commentTags(tags())) ?? ''));
}

function createRunner(options: CreateDbOptions<DomainName>, gate: Gate, use: PoolUse): QueryRunner {
  const { app, domain, slowMs = 200, preparedMax = 500, onSlowQuery, tags } = options;
  return new QueryRunner({
    gate,
    use,
    domain,
    statements: new StatementCache(preparedMax, CONNECTION_AGE_MAX_MS),
    slow: new SlowQueryLog(app, slowMs, onSlowQuery),
    comment: tags && tagsOf(options),
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
