import type { AnyRelations } from 'drizzle-orm';
import { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import { callableQuery, type WithRawQuery } from './query/raw-query.ts';
import type { Runner } from './query/runner.ts';
import { ClientSession, type SessionParts } from './session.ts';
import type { TransactionOptions } from './transaction/options.ts';
import type { Transaction } from './transaction.ts';

/** What reads: on a replica, transactions are read only, and all their queries see the same replica. */
export type ReadDatabase<R extends AnyRelations> = Pick<
  RoutedDatabase<R>,
  'select' | 'selectDistinct' | 'selectDistinctOn' | '$with' | 'with' | '$count' | 'query' | 'transaction'
>;

/** The builders and raw SQL of a domain through another runner than its pool's own. */
export class RoutedDatabase<R extends AnyRelations> extends PostgresJsDatabase<R> {
  /** `query.<table>` for relational queries, `query(text, params)` for raw SQL. */
  declare query: WithRawQuery<PostgresJsDatabase<R>['query']>;
  readonly #session: ClientSession<R>;

  constructor(client: Sql, runner: Runner, { dialect, relations }: SessionParts<R>) {
    const session = new ClientSession(client, { dialect, relations, runner });
    super(dialect, session, relations);
    this.#session = session;
    this.query = callableQuery(this.query, runner, client);
  }

  override transaction<T>(callback: (tx: Transaction<R>) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.#session.transaction(callback, options);
  }
}
