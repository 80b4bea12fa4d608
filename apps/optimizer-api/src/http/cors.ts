import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './context.ts';

/** What a page of another origin may send; `get` and `head` need no word. */
const PREFLIGHT = {
  'access-control-allow-methods': 'GET,HEAD,POST',
  'access-control-allow-headers': 'authorization,content-type,idempotency-key',
  'access-control-max-age': '600',
};

/** Lets pages of these origins, and of no other, read answers; every answer says that it depends on the origin, so no cache hands one
 *  origin's answer to another. The headers are set before there is an answer: an answer that is touched afterwards goes out in several
 *  writes, and one of the router's own making would not have them. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    context.header('vary', 'Origin');
    const origin = context.req.header('origin');
    const isAllowed = origin !== undefined && origins.includes(origin);
    if (isAllowed) context.header('access-control-allow-origin', origin);
    const isPreflight = origin !== undefined && context.req.method === 'OPTIONS';
    if (!isPreflight) return await next();
    return context.body(null, 204, isAllowed ? PREFLIGHT : {});
  };
}
