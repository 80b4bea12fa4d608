import type { AnyRelations } from 'drizzle-orm';
import { PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type { TransactionSql } from 'postgres';
import { sendNotification } from './listen/notify.ts';
import { callableQuery, type WithRawQuery } from './query/raw-query.ts';
import { ClientSession } from './session.ts';
import { savepoint } from './transaction/savepoint.ts';

type DrizzleSession<R extends AnyRelations> = ConstructorParameters<typeof PostgresJsTransaction<R>>[1];

/** A transaction, or a savepoint in one: all builders, valid until its callback ends. */
export class Transaction<R extends AnyRelations> extends PostgresJsTransaction<R> {
  /** `query.<table>` for relational queries, `query(text, params)` for raw SQL. */
  declare query: WithRawQuery<PostgresJsTransaction<R>['query']>;
  readonly #session: ClientSession<R>;
  readonly #connection: TransactionSql;

  constructor(session: ClientSession<R>, connection: TransactionSql) {
    // drizzle's declaration asks for a session over TransactionSql, which its own bound on the type does not admit
    super(session.parts.dialect, session as unknown as DrizzleSession<R>, session.parts.relations);
    this.#session = session;
    this.#connection = connection;
    const { runner, scope } = session.parts;
    this.query = callableQuery(this.query, runner, connection, scope);
  }

  /** A savepoint: an error of `callback` undoes its work only, and the transaction goes on if it is caught. */
  override transaction<T>(callback: (tx: Transaction<R>) => Promise<T>): Promise<T> {
    const { parts } = this.#session;
    if (parts.scope === undefined) throw new Error('a transaction has a scope');
    return savepoint(this.#connection, parts.scope, (connection) =>
      callback(new Transaction(new ClientSession(connection, parts), connection)),
    );
  }

  /** Wakes those who listen to the channel, when this transaction is committed; equal payloads of one channel only once.
   *  @throws {DatabaseError} */
  async notify(channel: string, payload = ''): Promise<void> {
    const { runner, scope } = this.#session.parts;
    await sendNotification(runner, this.#connection, scope, channel, payload);
  }

  /** Runs `hook` after COMMIT, in the order of registration; not at all when this transaction or savepoint is rolled back. An attempt
   *  that is begun anew forgets its hooks. */
  afterCommit(hook: () => unknown): void {
    this.#session.parts.scope?.afterCommit(hook);
  }
}
