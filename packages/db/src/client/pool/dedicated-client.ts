import { DbClientError } from '../../errors.ts';
import type { QueryRunner } from '../query/query-runner.ts';
import { type QueryOptions, type QueryResult, rawQuery } from '../query/raw-query.ts';
import { TransactionScope } from '../transaction/scope.ts';
import type { Pool } from './pool.ts';

/** What is told of a session. */
export interface SessionEvents {
  /** It is over, by whomever. */
  readonly onEnd?: () => void;
  readonly onNotify?: (channel: string, payload: string) => void;
}

/** Opens a pool of one connection, which has not connected yet. */
export type OpenSession = (events: { onClose: () => void; onNotify?: SessionEvents['onNotify'] }) => Pool;

/** One connection that keeps its session: SET, session locks, temporary tables, BEGIN and COMMIT by hand. It is not one of the
 *  pool's. When it is lost every further query is refused, so that nothing runs outside the session it was meant for. */
export class DedicatedClient implements AsyncDisposable {
  readonly #session: Pool;
  readonly #scope: TransactionScope;

  constructor(session: Pool, scope: TransactionScope) {
    this.#session = session;
    this.#scope = scope;
  }

  /** @throws {DatabaseError} */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    const { client, runner } = this.#session;
    return rawQuery<Row>(runner, client, this.#scope, text, params, options);
  }

  /** Whether it was released, or its connection lost. */
  get isOver(): boolean {
    return this.#scope.isOver;
  }

  /** Ends the session; what it left open is rolled back. Safe to call twice. */
  async release(): Promise<void> {
    this.#scope.end();
    await this.#session.client.end({ timeout: 1 });
  }

  /** Breaks the connection off without a word to the server, which may not be there. */
  abandon(): void {
    for (const socket of this.#session.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** Opens a client whose connection's end is also the scope's; `caller` is named where it is refused.
 *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} when no connection is made */
export async function openDedicatedClient(
  caller: 'getClient' | 'listen',
  open: OpenSession,
  { onEnd, onNotify }: SessionEvents = {},
): Promise<DedicatedClient> {
  // a pooler may refuse the first handshake, which is not the session's end
  let scope: TransactionScope | undefined;
  const onClose = () => {
    scope?.end();
    if (scope !== undefined) onEnd?.();
  };
  const session = open({ onClose, onNotify });
  try {
    await session.runner.run(session.client, undefined, { text: 'SELECT 1', params: [] });
    requireOwnSession(caller, session.runner);
    scope = new TransactionScope();
    return new DedicatedClient(session, scope);
  } catch (error) {
    await session.client.end({ timeout: 1 });
    throw error;
  }
}

function requireOwnSession(caller: string, { gate }: QueryRunner): void {
  if (gate.kind !== 'pooler') return;
  throw new DbClientError(
    'DB_CLIENT_POOLER',
    `${caller}: a pooler stands before the server, where a session is nobody's own; pass directUrl`,
  );
}
