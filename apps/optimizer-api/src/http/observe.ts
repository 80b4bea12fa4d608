import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { AppEnv } from './context.ts';

/** Gives each request an id, and notes how it was answered: in the log, and in the metrics by route, never by path. */
export function observeRequests(log: Logger, metrics: Metrics): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('log', log.child({ requestId }));
    context.header('x-request-id', requestId);
    await next();
    const { method, routePath: route } = context.req;
    const { status } = context.res;
    const ms = performance.now() - startedAt;
    metrics.observe('optimizer_http_request_duration_seconds', { method, route, status: String(status) }, ms / 1_000);
    const instanceId = context.get('instanceId');
    context.get('log').info({ method, route, status, ms: Math.round(ms), instanceId }, 'request');
  };
}
