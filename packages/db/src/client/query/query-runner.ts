import type { Sql, TransactionSql } from 'postgres';
import { ConnectionLost, ServerUnreachable, toDbError } from '../errors/index.ts';
import type { Gate } from '../pool/gate.ts';
import type { TransactionScope } from '../transaction/scope.ts';
import { isFailover, withinFailover } from './failover.ts';
import type { SlowQueryLog } from './slow-query-log.ts';
import type { StatementCache } from './statement-cache.ts';

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

export interface QueryRunnerParts {
  readonly gate: Gate;
  readonly statements: StatementCache;
  readonly slow: SlowQueryLog;
  /** Appended to every statement, for example `app='web'`; see comment-tags.ts. */
  readonly comment: (() => string) | undefined;
}

const PREPARED = { prepare: true, simple: false };
const UNPREPARED = { prepare: false };

/** The one place through which every query goes: it decides on preparing, adds the comment, measures, and types the errors. */
export class QueryRunner {
  readonly gate: Gate;
  readonly #parts: QueryRunnerParts;

  constructor(parts: QueryRunnerParts) {
    this.gate = parts.gate;
    this.#parts = parts;
  }

  /** Outside a transaction, what certainly was not done is sent again while a failover may be going on.
   *  @throws {DatabaseError}, some at once and not by the promise */
  run(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    scope?.requireOpen();
    request.signal?.throwIfAborted();
    if (this.gate.kind === undefined) return this.#openAndRun(connection, scope, request);
    return this.#send(connection, scope, request).catch((error: unknown) =>
      this.#recover(error, connection, scope, request),
    );
  }

  async #openAndRun(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    try {
      await this.gate.open();
      return await this.#send(connection, scope, request);
    } catch (error) {
      throw toDbError(error);
    }
  }

  #recover(
    error: unknown,
    connection: Connection,
    scope: TransactionScope | undefined,
    request: QueryRequest,
  ): Promise<Rows> {
    const typed = toDbError(error);
    if (typed instanceof ConnectionLost || typed instanceof ServerUnreachable) scope?.end(typed);
    if (scope !== undefined || !isFailover(typed)) throw typed;
    return withinFailover(typed, this.gate.timeouts, request.signal, () => this.#send(connection, scope, request));
  }

  /** Plain promises: this is on the path of every query. */
  #send(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    const { slow, comment } = this.#parts;
    const text = comment === undefined ? request.text : request.text + comment();
    const query = connection.unsafe(text, request.params as never[], this.#options(text, request));
    const release = this.#cancelWith(query, scope, request);
    const startedAt = slow.start();
    const ended = () => {
      release?.();
      slow.ended(request.text, startedAt);
    };
    return (request.arrays ? query.values() : query).then(
      (rows) => {
        ended();
        return rows as unknown as Rows;
      },
      (error) => {
        ended();
        throw error;
      },
    );
  }

  #options(text: string, { params, built }: QueryRequest): { prepare: boolean } {
    if (!this.gate.prepares || (params.length === 0 && built !== true)) return UNPREPARED;
    return this.#parts.statements.use(text) ? PREPARED : UNPREPARED;
  }

  /** A pooler drops statement_timeout, so outside a transaction (inside, SET LOCAL does it) we send the cancel request ourselves. */
  #cancelWith(
    query: { cancel(): void },
    scope: TransactionScope | undefined,
    { signal }: QueryRequest,
  ): (() => void) | undefined {
    const limitMs = this.gate.kind === 'pooler' && scope === undefined ? this.gate.timeouts.statementMs : 0;
    if (signal === undefined && limitMs === 0) return undefined;
    const cancel = () => query.cancel();
    const timer = limitMs > 0 ? setTimeout(cancel, limitMs) : undefined;
    signal?.addEventListener('abort', cancel, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  }
}
