import type { Sql } from 'postgres';
import {
  ConnectionLost,
  DatabaseError,
  ReadOnly,
  ServerUnreachable,
  TooManyConnections,
  toDbError,
} from '../errors/index.ts';
import type { Pool } from '../pool/pool.ts';
import type { Connection, QueryRequest, Rows, Runner, TransactionBody } from '../query/runner.ts';
import type { TransactionOptions } from '../transaction/options.ts';
import type { TransactionScope } from '../transaction/scope.ts';
import type { Replicas } from './replicas.ts';

/** Sends each read to one replica in its turn, and to the next where that cannot answer; to the primary when none can. Nothing is
 *  written anywhere: a replica refuses, and on the primary it runs in a read-only transaction. */
export class ReplicaRunner implements Runner {
  readonly #replicas: Replicas;
  readonly #primary: Pool;
  readonly #after: string | undefined;

  /** With `after`, a replica is passed over until it has what was written by that position of the log. */
  constructor(replicas: Replicas, primary: Pool, after: string | undefined) {
    this.#replicas = replicas;
    this.#primary = primary;
    this.#after = after;
  }

  async run(_connection: Connection, _scope: TransactionScope | undefined, request: QueryRequest): Promise<Rows> {
    return await this.#each(
      ({ client, runner }) => runner.run(client, undefined, request),
      ({ client, runner }) =>
        runner.transaction(client, READ_ONLY, (connection, scope) => runner.run(connection, scope, request)),
    );
  }

  transaction<T>(_client: Sql, options: TransactionOptions, body: TransactionBody<T>): Promise<T> {
    const begin = ({ client, runner }: Pool) => runner.transaction(client, { ...options, ...READ_ONLY }, body);
    return this.#each(begin, begin);
  }

  async #each<T>(onReplica: (replica: Pool) => Promise<T>, onPrimary: (primary: Pool) => Promise<T>): Promise<T> {
    for (const replica of this.#replicas.inTurn()) {
      try {
        if (this.#after === undefined || (await this.#replicas.hasReplayed(replica, this.#after)))
          return await onReplica(replica);
      } catch (error) {
        const failure = toDbError(error);
        if (!mayPassElsewhere(failure)) throw failure;
        if (isDown(failure)) this.#replicas.leaveOut(replica);
      }
    }
    return await onPrimary(this.#primary);
  }
}

const READ_ONLY = { accessMode: 'read only' } as const;

/** A read can be done anew anywhere; also one that was canceled because the replica had to go on replaying (40001). */
function mayPassElsewhere(error: unknown): boolean {
  if (error instanceof ReadOnly) return false;
  return error instanceof ConnectionLost || (error instanceof DatabaseError && error.retryable);
}

function isDown(error: unknown): boolean {
  return error instanceof ConnectionLost || error instanceof ServerUnreachable || error instanceof TooManyConnections;
}
