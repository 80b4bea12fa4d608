import type { Sql } from 'postgres';
import { DbClientError } from '../../errors.ts';
import type { QueryRunner } from '../query/query-runner.ts';
import { type QueryOptions, type QueryResult, rawQuery } from '../query/raw-query.ts';
import { TransactionScope } from '../transaction/scope.ts';

/** One connection that keeps its session: SET, session locks, temporary tables, BEGIN and COMMIT by hand. It is not one of the
 *  pool's. When it is lost every further query is refused, so that nothing runs outside the session it was meant for. */
export class DedicatedClient implements AsyncDisposable {
  readonly #client: Sql;
  readonly #runner: QueryRunner;
  readonly #scope: TransactionScope;

  constructor(client: Sql, runner: QueryRunner, scope: TransactionScope) {
    this.#client = client;
    this.#runner = runner;
    this.#scope = scope;
  }

  /** @throws {DatabaseError} */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    return rawQuery<Row>(this.#runner, this.#client, this.#scope, text, params, options);
  }

  /** Ends the session; what it left open is rolled back. Safe to call twice. */
  async release(): Promise<void> {
    this.#scope.end();
    await this.#client.end({ timeout: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** Opens a client whose connection's end is also the scope's.
 *  @throws {DbClientError} DB_CLIENT_POOLER; {DatabaseError} when no connection is made */
export async function openDedicatedClient(
  open: (onClose: () => void) => { readonly client: Sql; readonly runner: QueryRunner },
): Promise<DedicatedClient> {
  // a pooler may refuse the first handshake, which is not the session's end
  let scope: TransactionScope | undefined;
  const { client, runner } = open(() => scope?.end());
  try {
    await runner.run(client, undefined, { text: 'SELECT 1', params: [] });
    requireOwnSession(runner);
    scope = new TransactionScope();
    return new DedicatedClient(client, runner, scope);
  } catch (error) {
    await client.end({ timeout: 1 });
    throw error;
  }
}

function requireOwnSession({ gate }: QueryRunner): void {
  if (gate.kind !== 'pooler') return;
  throw new DbClientError(
    'DB_CLIENT_POOLER',
    "getClient: a pooler stands before the server, where a session is nobody's own; pass directUrl, or use transaction()",
  );
}
