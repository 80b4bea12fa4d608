import { CommitUnknown, DbClientError } from '@repo/db';
import type { Context } from 'hono';
import { Problem } from '../problems.ts';
import { isPassing } from '../queries/is-passing.ts';
import type { AppEnv } from './context.ts';

/** Any error as a problem document; what is no refusal of ours is logged, and shown as INTERNAL or UNAVAILABLE without its words. */
export function answerError(error: unknown, context: Context<AppEnv>): Response {
  const problem = toProblem(error);
  const requestId = context.get('requestId');
  if (problem.status >= 500)
    context.get('log')?.error({ error: problem.cause ?? problem, code: problem.code }, 'a request failed');
  return context.body(JSON.stringify(problem.toDocument(requestId)), problem.status, {
    'content-type': 'application/problem+json',
    ...(problem.code === 'RATE_LIMITED' && { 'retry-after': String(problem.more['retryAfterS']) }),
  });
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DbClientError && error.code === 'DB_CLIENT_CURSOR_INVALID')
    return new Problem('CURSOR_INVALID', 'take `next` or `previous` of a page of this list, as they are');
  if (isPassing(error)) return new Problem('UNAVAILABLE', 'nothing was changed; try again', {}, error);
  if (error instanceof CommitUnknown)
    return new Problem(
      'UNAVAILABLE',
      'it may have been done; look before you try again, or send its idempotency key',
      {},
      error,
    );
  return new Problem('INTERNAL', 'the fault is on our side; say the request id when you report it', {}, error);
}
