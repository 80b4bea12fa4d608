import type { Sql, TransactionSql } from 'postgres';
import type { TransactionOptions } from '../transaction/options.ts';
import type { TransactionScope } from '../transaction/scope.ts';

/** Anything that postgres.js sends a query on. */
export type Connection = Pick<Sql | TransactionSql, 'unsafe'>;

export interface QueryRequest {
  readonly text: string;
  readonly params: readonly unknown[];
  /** Rows as arrays of values, in the order of the columns, instead of objects. */
  readonly arrays?: boolean;
  /** One statement of a query builder: it may be prepared even where it has no parameter. */
  readonly built?: boolean;
  /** Aborting cancels the query on the server. */
  readonly signal?: AbortSignal | undefined;
}

/** postgres.js' result: an array of rows with `count` and `columns`. */
export type Rows = readonly unknown[] & {
  readonly count: number;
  readonly columns: readonly { readonly name: string }[];
};

/** `runner` sends the transaction's queries: it is the one of the pool that the transaction is in. */
export type TransactionBody<T> = (connection: TransactionSql, scope: TransactionScope, runner: Runner) => Promise<T>;

/** What sends queries and transactions: to one pool, or to one of several. */
export interface Runner {
  /** @throws {DatabaseError}, some at once and not by the promise */
  run(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows>;
  /** @throws as runTransaction */
  transaction<T>(client: Sql, options: TransactionOptions, body: TransactionBody<T>): Promise<T>;
}
