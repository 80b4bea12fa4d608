import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { TokenVault } from './crypto/token-vault.ts';
import { requireInstance } from './http/authenticate.ts';
import type { AppEnv } from './http/context.ts';
import { answerError } from './http/errors.ts';
import { openapiDocument } from './http/openapi.ts';
import type { ProgressHub } from './http/progress-hub.ts';
import { RateLimit } from './http/rate-limit.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Problem } from './problems.ts';
import { isSchemaAtHead } from './queries/readiness.ts';
import type { OptimizerDb } from './queries/tx.ts';
import { billingRoutes } from './routes/billing.ts';
import { installRoutes } from './routes/install.ts';
import { jobRoutes } from './routes/jobs.ts';
import { meRoutes } from './routes/me.ts';
import { publishRoutes } from './routes/publish.ts';
import type { FindCatalog } from './wix/catalogs.ts';
import type { WixOauth } from './wix/oauth.ts';
import type { GetAccessToken } from './wix/shop-access.ts';

export interface AppParts {
  readonly db: OptimizerDb;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly vault: TokenVault;
  readonly oauth: WixOauth;
  readonly findCatalog: FindCatalog;
  readonly accessToken: GetAccessToken;
  readonly progress: ProgressHub;
  readonly settings: AppSettings;
}

export interface AppSettings {
  readonly appId: string;
  readonly appSecret: string;
  readonly installerUrl: string;
  readonly publicUrl: string;
  readonly webhookPublicKey: string;
  readonly planProducts: ReadonlyMap<string, string>;
  readonly cursorSecret: string;
  readonly allowedOrigins: readonly string[];
  readonly tokenAgeMaxMs: number;
  readonly requestsPerMinute: number;
}

/** Hono's security headers. They are set before an answer is made: hono's own middleware touches the finished one, which then goes out as a
 *  stream, in several writes, and takes half as long again. */
const SECURITY_HEADERS = [
  ...(
    await new Hono()
      .use(secureHeaders())
      .get('/', (context) => context.body(null))
      .request('/')
  ).headers,
];

/** The HTTP API. It opens and closes nothing: whoever made the parts does. */
export function createApp(parts: AppParts): Hono<AppEnv> {
  const { log, metrics, settings } = parts;
  const app = new Hono<AppEnv>();
  app.onError(answerError);
  app.notFound(() => {
    throw new Problem('NOT_FOUND', 'there is nothing at this address');
  });
  app.use(async (context, next) => {
    const startedAt = performance.now();
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('log', log.child({ requestId }));
    context.header('x-request-id', requestId);
    for (const [name, value] of SECURITY_HEADERS) context.header(name, value);
    await next();
    const { method } = context.req;
    const { status } = context.res;
    const route = context.req.routePath;
    const ms = performance.now() - startedAt;
    metrics.observe('optimizer_http_request_duration_seconds', { method, route, status: String(status) }, ms / 1_000);
    context
      .get('log')
      .info({ method, route, status, ms: Math.round(ms), instanceId: context.get('instanceId') }, 'request');
  });
  const allowOrigins = cors({
    origin: [...settings.allowedOrigins],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key'],
    maxAge: 600,
  });
  app.use(async (context, next) => {
    if (context.req.header('origin') !== undefined) return await allowOrigins(context, next);
    // no browser of another site: what hono would do to the finished answer is done before
    context.header('vary', 'Origin');
    return await next();
  });
  operationRoutes(app, parts);
  app.route('/', installRoutes(parts));
  app.route('/', billingRoutes(parts));
  const limit = new RateLimit(settings.requestsPerMinute);
  for (const path of ['/me', '/jobs', '/jobs/*', '/publish', '/publish-logs'])
    app.use(path, requireInstance(settings, limit));
  app.route('/', meRoutes(parts));
  app.route('/', jobRoutes(parts));
  app.route('/', publishRoutes(parts));
  return app;
}

/** What platforms and monitors ask. `/ready` says no while the schema is older than this program. */
export function operationRoutes(app: Hono<AppEnv>, { db, metrics }: Pick<AppParts, 'db' | 'metrics'>): void {
  app.get('/live', (context) => context.json({ live: true }));
  app.get('/ready', async (context) => {
    const isReady = await isSchemaAtHead(db).catch(() => false);
    return context.json({ ready: isReady }, isReady ? 200 : 503);
  });
  app.get('/metrics', (context) =>
    context.body(metrics.render(), 200, { 'content-type': 'text/plain; version=0.0.4' }),
  );
  app.get('/openapi.json', (context) => context.json(openapiDocument()));
}
