import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';
import { CommitUnknown, ConnectionLost, DatabaseError, ReadOnly, toDbError } from '../errors/index.ts';
import type { Caller } from '../pool/pool-use.ts';
import { localTimeoutsSql } from '../pool/profiles.ts';
import { delayMs, isFailover } from '../query/failover.ts';
import type { QueryRunner } from '../query/query-runner.ts';
import type { TransactionBody } from '../query/runner.ts';
import { askCommitStatus, noteTransaction } from './commit-status.ts';
import { beginOptions, type TransactionOptions } from './options.ts';
import { TransactionScope } from './scope.ts';

type Outcome =
  | { readonly done: true; readonly scope: TransactionScope }
  | { readonly done: false; readonly scope: TransactionScope; readonly error: unknown };

const RETRIES = 3;

/** Runs `body` in a transaction; when another transaction came first, or the connection was lost before COMMIT was sent, all of it
 *  is run anew. Where COMMIT's answer was lost the server is asked, so the body is never committed twice. Errors of `body` that are
 *  not the database's roll back and come through unchanged.
 *  @throws {DatabaseError} what the last attempt failed with; {CommitUnknown} when nobody can tell */
export async function runTransaction<T>(
  client: Sql,
  runner: QueryRunner,
  options: TransactionOptions,
  caller: Caller,
  body: TransactionBody<T>,
): Promise<T> {
  const { failoverMs } = runner.gate.timeouts;
  let failoverUntil: number | undefined;
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const reachedBefore = runner.gate.kind !== undefined;
    const outcome = await attemptOnce(client, runner, body, options, caller);
    const { scope } = outcome;
    if (outcome.done) return committed(scope);
    const error = toDbError(outcome.error);
    if (scope.committing && error instanceof ConnectionLost && (await wasCommitted(client, runner, scope, error)))
      return committed(scope);
    const waits =
      reachedBefore && isFailover(error) && !(error instanceof ReadOnly && options.accessMode === 'read only');
    if (waits) failoverUntil ??= performance.now() + failoverMs;
    const mayRetry = waits
      ? performance.now() < (failoverUntil ?? 0)
      : isRetryable(error) && attempt <= (options.retries ?? RETRIES);
    if (!mayRetry || options.retries === 0) throw error;
    await sleep(delayMs(attempt), undefined, { signal: options.signal });
  }
}

async function committed<T>(scope: TransactionScope): Promise<T> {
  await scope.runHooks();
  return scope.value as T;
}

async function attemptOnce<T>(
  client: Sql,
  runner: QueryRunner,
  body: TransactionBody<T>,
  options: TransactionOptions,
  caller: Caller,
): Promise<Outcome> {
  const scope = new TransactionScope();
  let running: Promise<unknown> = Promise.resolve();
  try {
    if (runner.gate.kind === undefined) {
      await runner.gate.open();
      options.signal?.throwIfAborted();
    }
    await runner.use.checkout(caller, (taken) =>
      client.begin(beginOptions(options), (connection) => {
        taken();
        const work = prepareAndRun(runner, body, options, connection, scope);
        running = work.catch(() => {});
        return fenced(work, scope);
      }),
    );
    scope.end();
    return { done: true, scope };
  } catch (error) {
    scope.end(toDbError(error));
    // a callback that is still at work must not run beside its own repetition
    await running;
    return { done: false, scope, error };
  }
}

async function prepareAndRun<T>(
  runner: QueryRunner,
  body: TransactionBody<T>,
  options: TransactionOptions,
  connection: TransactionSql,
  scope: TransactionScope,
): Promise<void> {
  const { kind, timeouts } = runner.gate;
  if (kind === 'pooler') await runner.run(connection, scope, { text: localTimeoutsSql(timeouts), params: [] });
  scope.value = await body(connection, scope, runner);
  if (options.accessMode !== 'read only') scope.note = await noteTransaction(runner, connection, scope);
  scope.requireOpen();
  scope.committing = true;
}

/** Never settles once the transaction is over: the driver would then send ROLLBACK on a connection that it may have opened anew for
 *  somebody else. `begin` itself has been rejected by the loss of the connection. */
export function fenced<T>(work: Promise<T>, scope: TransactionScope): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (value) => {
        if (!scope.isOver) resolve(value);
      },
      (error) => {
        if (!scope.isOver) reject(error);
      },
    );
  });
}

/** @throws {CommitUnknown} */
async function wasCommitted(
  client: Sql,
  runner: QueryRunner,
  { note }: TransactionScope,
  lost: DatabaseError,
): Promise<boolean> {
  if (note?.xid === undefined) return false;
  const until = performance.now() + Math.max(runner.gate.timeouts.failoverMs, 5_000);
  for (let attempt = 1; performance.now() < until; attempt += 1) {
    const status = await askCommitStatus(runner, client, note).catch((error: unknown) => {
      if (error instanceof DatabaseError && (error.retryable || error instanceof ConnectionLost)) return 'unsettled';
      throw new CommitUnknown('the server could not be asked', error);
    });
    if (status === 'committed') return true;
    if (status === 'gone') return false;
    if (status === 'unknown') throw new CommitUnknown('the server that answers is not the one that took COMMIT', lost);
    await sleep(delayMs(attempt));
  }
  throw new CommitUnknown('no server answered in time', lost);
}

/** COMMIT was not sent, or is known not to have been done. */
function isRetryable(error: unknown): boolean {
  if (error instanceof ConnectionLost) return true;
  return error instanceof DatabaseError && error.retryable && !/^(55P03|53300|POOL_EXHAUSTED)$/.test(error.sqlState);
}
