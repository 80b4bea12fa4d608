import type { Sql } from 'postgres';
import type { TransactionOptions } from '../transaction/options.ts';
import type { TransactionScope } from '../transaction/scope.ts';
import type { Connection, QueryRequest, Rows, Runner, TransactionBody } from './runner.ts';

/** Gives every query a signal, besides the one that it has. */
export class SignalRunner implements Runner {
  readonly #runner: Runner;
  readonly #signal: AbortSignal;

  constructor(runner: Runner, signal: AbortSignal) {
    this.#runner = runner;
    this.#signal = signal;
  }

  run(connection: Connection, scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    return this.#runner.run(connection, scope, { ...request, signal: this.#with(request.signal) });
  }

  transaction<T>(client: Sql, options: TransactionOptions, body: TransactionBody<T>): Promise<T> {
    const signal = this.#with(options.signal);
    return this.#runner.transaction(client, { ...options, signal }, (connection, scope, runner) =>
      body(connection, scope, new SignalRunner(runner, signal)),
    );
  }

  #with(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#signal : AbortSignal.any([this.#signal, signal]);
  }
}
