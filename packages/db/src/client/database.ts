import type { AnyRelations } from 'drizzle-orm';
import { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import { type DedicatedClient, openDedicatedClient } from './pool/dedicated-client.ts';
import { askHealth, type Health } from './pool/health.ts';
import type { QueryRunner } from './query/query-runner.ts';
import { callableQuery, type WithRawQuery } from './query/raw-query.ts';
import type { ClientSession } from './session.ts';
import type { TransactionOptions } from './transaction/options.ts';
import type { Transaction } from './transaction.ts';

export interface DatabaseParts<R extends AnyRelations> {
  readonly session: ClientSession<R>;
  readonly client: Sql;
  readonly runner: QueryRunner;
  /** A connection for a session of one's own, with what runs its queries. */
  openDedicated(onClose: () => void): { readonly client: Sql; readonly runner: QueryRunner };
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

  constructor(parts: DatabaseParts<R>) {
    super(parts.session.parts.dialect, parts.session, parts.session.parts.relations);
    this.$client = parts.client;
    this.#parts = parts;
    this.query = callableQuery(this.query, parts.runner, parts.client);
  }

  /** Runs `callback` in a transaction and begins it anew where another transaction came first; it must be repeatable. See
   *  runTransaction.
   *  @throws {DatabaseError}; what `callback` threw */
  override transaction<T>(callback: (tx: Transaction<R>) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.#parts.session.transaction(callback, options);
  }

  /** A connection of one's own, beside the pool: `await using client = await db.getClient()`.
   *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} */
  getClient(): Promise<DedicatedClient> {
    return openDedicatedClient(this.#parts.openDedicated);
  }

  /** Never throws; answers within `timeoutMs`, 2,000 unless said. */
  health(timeoutMs = 2_000): Promise<Health> {
    return askHealth(this.#parts.client, this.#parts.runner, timeoutMs);
  }

  /** Refuses new queries, lets running ones end for drainMs at most, then closes the pool. Safe to call twice, and from a handler of
   *  SIGTERM. */
  close(): Promise<void> {
    return this.#parts.client.end({ timeout: this.#parts.drainMs / 1_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
