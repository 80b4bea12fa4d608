import type { MiddlewareHandler } from 'hono';
import type { AppSettings } from '../app.ts';
import { parseInstanceToken } from '../crypto/instance-token.ts';
import { Problem } from '../problems.ts';
import type { AppEnv } from './context.ts';
import type { RateLimit } from './rate-limit.ts';

/** Lets a request through whose `Authorization` is an instance token of Wix, with or without `Bearer`, and which is within the
 *  instance's limit. */
export function requireInstance(
  { appSecret, tokenAgeMaxMs }: Pick<AppSettings, 'appSecret' | 'tokenAgeMaxMs'>,
  limit: RateLimit,
): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    const header = context.req.header('authorization');
    if (!header) throw new Problem('AUTH_MISSING', 'send the instance token of Wix as Authorization');
    const token = header.replace(/^Bearer /i, '');
    const instanceId = parseInstanceToken(token, { secret: appSecret, ageMaxMs: tokenAgeMaxMs });
    context.set('instanceId', instanceId);
    const retryAfterS = limit.take(instanceId);
    if (retryAfterS > 0) throw new Problem('RATE_LIMITED', `try again in ${retryAfterS} s`, { retryAfterS });
    await next();
  };
}
