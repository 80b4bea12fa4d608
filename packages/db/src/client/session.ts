import { type AnyRelations, fillPlaceholders, NoopLogger, type Query } from 'drizzle-orm';
import { PgAsyncPreparedQuery, type PgDialect, type PreparedQueryConfig } from 'drizzle-orm/pg-core';
import { PostgresJsSession } from 'drizzle-orm/postgres-js';
import type { Sql, TransactionSql } from 'postgres';
import type { Connection, Rows, Runner } from './query/runner.ts';
import { SignalRunner } from './query/signal-runner.ts';
import type { TransactionOptions } from './transaction/options.ts';
import type { TransactionScope } from './transaction/scope.ts';
import { Transaction } from './transaction.ts';

export interface SessionParts<R extends AnyRelations> {
  readonly dialect: PgDialect;
  readonly relations: R;
  readonly runner: Runner;
  /** undefined: not in a transaction. */
  readonly scope?: TransactionScope;
}

type Mode = 'arrays' | 'objects' | 'raw';
type Mapper = ((rows: unknown[]) => unknown) | undefined;

/** drizzle's session for one pool or one transaction, whose every query goes through the query runner. */
export class ClientSession<R extends AnyRelations> extends PostgresJsSession<Sql, R> {
  readonly parts: SessionParts<R>;

  constructor(client: Sql | TransactionSql, parts: SessionParts<R>) {
    // drizzle asks for a whole client where it uses `unsafe` only
    super(client as Sql, parts.dialect, parts.relations);
    this.parts = parts;
  }

  override prepareQuery<T extends PreparedQueryConfig>(
    query: Query,
    mode: Mode,
    name: string | boolean,
    mapper: Mapper,
  ): PgAsyncPreparedQuery<T> {
    return new ClientQuery<T>(this.client, this.parts, query, mode, name !== false, mapper);
  }

  /** The outermost transaction; a savepoint is the Transaction's own. */
  override async transaction<T>(
    callback: (tx: Transaction<R>) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { dialect, relations, runner } = this.parts;
    return runner.transaction(this.client, options, (connection, scope, inner) => {
      const own = options.signal === undefined ? inner : new SignalRunner(inner, options.signal);
      const session = new ClientSession(connection, { dialect, relations, runner: own, scope });
      return callback(new Transaction(session, connection));
    });
  }
}

/** One query of a builder, or raw SQL, ready to be sent. */
class ClientQuery<T extends PreparedQueryConfig> extends PgAsyncPreparedQuery<T> {
  readonly #connection: Connection;
  readonly #runner: Runner;
  readonly #scope: TransactionScope | undefined;
  readonly #built: boolean;
  readonly #map: Mapper;

  constructor(
    connection: Connection,
    { runner, scope }: SessionParts<AnyRelations>,
    query: Query,
    mode: Mode,
    built: boolean,
    map: Mapper,
  ) {
    super(unused, query, undefined, mode, LOGGER, undefined, undefined, undefined, undefined);
    this.#connection = connection;
    this.#runner = runner;
    this.#scope = scope;
    this.#built = built;
    this.#map = map;
  }

  override async execute(values: Record<string, unknown> = {}): Promise<T['execute']> {
    const { sql, params } = this.query;
    const rows = await this.#runner.run(this.#connection, this.#scope, {
      text: sql,
      params: params.length === 0 ? params : fillPlaceholders(params, values),
      arrays: this.mode === 'arrays',
      built: this.#built,
    });
    return this.#map === undefined ? this.#plain(rows) : this.#map(rows as unknown as unknown[]);
  }

  /** Raw SQL gives the driver's result with its count, the rest plain arrays. */
  #plain(rows: Rows): unknown {
    return this.mode === 'raw' ? rows : Array.from(rows);
  }
}

const LOGGER = new NoopLogger();
const unused = () => Promise.reject(new Error('unused'));
