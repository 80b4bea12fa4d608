import type { AnyRelations } from 'drizzle-orm';
import { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import { Listener, type ListenOptions, type Subscription } from './listen/listener.ts';
import { sendNotification } from './listen/notify.ts';
import { type DedicatedClient, type OpenSession, openDedicatedClient } from './pool/dedicated-client.ts';
import { askHealth, type Health } from './pool/health.ts';
import { closePool, type Pool } from './pool/pool.ts';
import { askPoolLimits, type PoolLimits } from './pool/pool-limits.ts';
import type { PoolGauges } from './pool/pool-use.ts';
import { callableQuery, type WithRawQuery } from './query/raw-query.ts';
import { SignalRunner } from './query/signal-runner.ts';
import { ReplicaRunner } from './replica/replica-runner.ts';
import type { Replicas } from './replica/replicas.ts';
import { type ReadDatabase, RoutedDatabase } from './routed-database.ts';
import type { ClientSession } from './session.ts';
import type { TransactionOptions } from './transaction/options.ts';
import type { Transaction } from './transaction.ts';

export interface DatabaseParts<R extends AnyRelations> {
  readonly session: ClientSession<R>;
  readonly pool: Pool;
  readonly replicas: Replicas;
  readonly openSession: OpenSession;
  readonly drainMs: number;
}

/** The typed database of one domain: builder queries on any of its tables, relational queries on its relations, raw SQL. Every query
 *  fails with a DatabaseError; ordinary builder queries are prepared statements where Postgres itself answers. */
export class Database<R extends AnyRelations> extends PostgresJsDatabase<R> implements AsyncDisposable {
  /** `query.<table>` for relational queries, `query(text, params)` for raw SQL. */
  declare query: WithRawQuery<PostgresJsDatabase<R>['query']>;
  /** postgres.js' own pool, for what the rest has no name for (COPY, cursors); its errors are not typed. */
  readonly $client: Sql;
  readonly #parts: DatabaseParts<R>;
  readonly #listener: Listener;
  #closing: Promise<void> | undefined;

  constructor(parts: DatabaseParts<R>) {
    super(parts.session.parts.dialect, parts.session, parts.session.parts.relations);
    this.$client = parts.pool.client;
    this.#parts = parts;
    this.#listener = new Listener(parts.openSession, parts.pool.runner.gate.timeouts.heartbeatMs);
    this.query = callableQuery(this.query, parts.pool.runner, parts.pool.client);
  }

  /** Runs `callback` in a transaction and begins it anew where another transaction came first; it must be repeatable. See
   *  runTransaction.
   *  @throws {DatabaseError}; what `callback` threw */
  override transaction<T>(callback: (tx: Transaction<R>) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.#parts.session.transaction(callback, options);
  }

  /** For reads that may be a little old: each goes to one of the replicas, in turn, or to the primary where none answers. With
   *  `after`, a position(), they see what was written before it. Nothing can be written.
   *  @throws {DatabaseError} ReadOnly for what writes */
  replica({ after }: { readonly after?: string } = {}): ReadDatabase<R> {
    const { pool, replicas, session } = this.#parts;
    return new RoutedDatabase(pool.client, new ReplicaRunner(replicas, pool, after), session.parts);
  }

  /** How far the log is written: hand it to `replica({ after })`, also in a later request, to read one's own writes. */
  async position(): Promise<string> {
    const text = 'SELECT pg_current_wal_insert_lsn()::text AS position';
    const { client, runner } = this.#parts.pool;
    const rows = await runner.run(client, undefined, { text, params: [], built: true });
    return (rows[0] as { position: string }).position;
  }

  /** Calls `onPayload` for each notification of the channel, on a connection beside the pool that is opened anew when it is lost.
   *  Notifications wake, tables tell: look into them once after this resolves, and in `onGap`.
   *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} when no connection is made the first time */
  listen(channel: string, onPayload: (payload: string) => void, options: ListenOptions = {}): Promise<Subscription> {
    return this.#listener.listen(channel, onPayload, options);
  }

  /** Wakes those who listen; in a transaction say `tx.notify`. At most 7,999 bytes of payload.
   *  @throws {DatabaseError} */
  async notify(channel: string, payload = ''): Promise<void> {
    const { client, runner } = this.#parts.pool;
    await sendNotification(runner, client, undefined, channel, payload);
  }

  /** A connection of one's own, beside the pool: `await using client = await db.getClient()`.
   *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} */
  getClient(): Promise<DedicatedClient> {
    return openDedicatedClient('getClient', this.#parts.openSession);
  }

  /** Never throws; answers within `timeoutMs`, 2,000 unless said. */
  health(timeoutMs = 2_000): Promise<Health> {
    return askHealth(this.#parts.pool, timeoutMs);
  }

  /** How the pool is used at this moment. */
  get pool(): PoolGauges {
    return this.#parts.pool.runner.use.gauges;
  }

  /** What this client may take of its servers, replicas too; one connection more of the first is for listening. See
   *  connectionBudget.
   *  @throws {DatabaseError} */
  async poolLimits(): Promise<readonly PoolLimits[]> {
    const { pool, replicas } = this.#parts;
    const [own, ...others] = await Promise.all([pool, ...replicas.all].map(askPoolLimits));
    return own === undefined ? [] : [{ ...own, connectionsMax: own.connectionsMax + 1 }, ...others];
  }

  /** Whether close was called. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** The same database, whose queries and transactions are canceled on the server when `signal` aborts: QueryCanceled. */
  withSignal(signal: AbortSignal): RoutedDatabase<R> {
    const { pool, session } = this.#parts;
    return new RoutedDatabase(pool.client, new SignalRunner(pool.runner, signal), session.parts);
  }

  /** Refuses new queries and transactions, lets running ones end for drainMs at most, then breaks them off. Safe to call twice, and
   *  from a handler of SIGTERM. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { pool, replicas, drainMs } = this.#parts;
    await Promise.all([this.#listener.close(), ...[pool, ...replicas.all].map((each) => closePool(each, drainMs))]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
