import type { Sql } from 'postgres';
import { ConnectionLost, ServerUnreachable, toDbError } from '../errors/index.ts';
import type { Gate } from '../pool/gate.ts';
import type { PoolUse } from '../pool/pool-use.ts';
import { endQuerySpan, startQuerySpan } from '../telemetry/query-span.ts';
import type { TransactionOptions } from '../transaction/options.ts';
import { runTransaction } from '../transaction/run-transaction.ts';
import type { TransactionScope } from '../transaction/scope.ts';
import { isFailover, withinFailover } from './failover.ts';
import { type InterruptReasons, interruptOn } from './interrupt.ts';
import type { Connection, QueryRequest, Rows, Runner, TransactionBody } from './runner.ts';
import type { SlowQueryLog } from './slow-query-log.ts';
import type { StatementCache } from './statement-cache.ts';

export interface QueryRunnerParts {
  readonly gate: Gate;
  readonly use: PoolUse;
  /** Named in spans. */
  readonly domain: string;
  readonly statements: StatementCache;
  readonly slow: SlowQueryLog;
  /** Appended to every statement, for example `app='web'`; see comment-tags.ts. */
  readonly comment: (() => string) | undefined;
}

const PREPARED = { prepare: true, simple: false };
const UNPREPARED = { prepare: false };

/** The one place through which every query goes: it decides on preparing, adds the comment, measures, and types the errors. */
export class QueryRunner implements Runner {
  readonly gate: Gate;
  readonly use: PoolUse;
  readonly #parts: QueryRunnerParts;

  constructor(parts: QueryRunnerParts) {
    this.gate = parts.gate;
    this.use = parts.use;
    this.#parts = parts;
  }

  /** Outside a transaction, what certainly was not done is sent again while a failover may be going on.
   *  @throws {DatabaseError}, some at once and not by the promise */
  run(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    scope?.requireOpen();
    request.signal?.throwIfAborted();
    if (scope === undefined) this.use.requireOpen();
    if (this.gate.kind === undefined) return this.#openAndRun(connection, scope, request);
    return this.#send(connection, scope, request).catch((error: unknown) =>
      this.#recover(error, connection, scope, request),
    );
  }

  transaction<T>(client: Sql, options: TransactionOptions, body: TransactionBody<T>): Promise<T> {
    return this.use.during((caller) => runTransaction(client, this, options, caller, body));
  }

  async #openAndRun(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    try {
      return await this.use.during(async () => {
        await this.gate.open();
        request.signal?.throwIfAborted();
        return await this.#send(connection, scope, request);
      });
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
    const { slow, comment, domain } = this.#parts;
    const text = comment === undefined ? request.text : request.text + comment();
    const span = startQuerySpan(request.text, domain);
    const query = connection.unsafe(text, request.params as never[], this.#options(text, request));
    const interrupt = interruptOn(query, this.#interruptReasons(scope, request));
    const startedAt = slow.start();
    if (scope === undefined) this.use.queryBegan();
    const ended = (error?: unknown) => {
      if (scope === undefined) this.use.queryEnded();
      interrupt?.release();
      slow.ended(request.text, startedAt);
      if (span !== undefined) endQuerySpan(span, error);
    };
    return (request.arrays ? query.values() : query).then(
      (rows) => {
        ended();
        return rows as unknown as Rows;
      },
      (error) => {
        ended(error);
        throw interrupt?.reason ?? error;
      },
    );
  }

  /** A pooler drops statement_timeout, so outside a transaction (inside, SET LOCAL does it) we send the cancel request ourselves. */
  #interruptReasons(scope: TransactionScope | undefined, { signal }: QueryRequest): InterruptReasons {
    if (scope !== undefined) return { signal, limitMs: 0, waitsFor: undefined };
    const limitMs = this.gate.kind === 'pooler' ? this.gate.timeouts.statementMs : 0;
    return { signal, limitMs, waitsFor: this.use.isFull ? this.use : undefined };
  }

  #options(text: string, { params, built }: QueryRequest): { prepare: boolean } {
    if (!this.gate.prepares || (params.length === 0 && built !== true)) return UNPREPARED;
    return this.#parts.statements.use(text) ? PREPARED : UNPREPARED;
  }
}
