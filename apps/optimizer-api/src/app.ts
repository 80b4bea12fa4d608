import { Hono } from 'hono';
import type { TokenVault } from './crypto/token-vault.ts';
import { requireInstance } from './http/authenticate.ts';
import type { AppEnv } from './http/context.ts';
import { allowOrigins } from './http/cors.ts';
import { answerError } from './http/errors.ts';
import { observeRequests } from './http/observe.ts';
import { openapiDocument } from './http/openapi.ts';
import type { ProgressHub } from './http/progress-hub.ts';
import { RateLimit } from './http/rate-limit.ts';
import { securityHeaders } from './http/security-headers.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { Problem } from './problems.ts';
import { isSchemaAtHead } from './queries/readiness.ts';
import type { OptimizerDb } from './queries/tx.ts';
import { billingRoutes } from './routes/billing.ts';
import { installRoutes } from './routes/install.ts';
import { jobEventRoutes } from './routes/job-events.ts';
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

/** The HTTP API. It opens and closes nothing: whoever made the parts does. */
export function createApp(parts: AppParts): Hono<AppEnv> {
  const { log, metrics, settings } = parts;
  const app = new Hono<AppEnv>();
  app.onError(answerError);
  app.notFound(() => {
    throw new Problem('NOT_FOUND', 'there is nothing at this address');
  });
  app.use(observeRequests(log, metrics), securityHeaders, allowOrigins(settings.allowedOrigins));
  operationRoutes(app, parts);
  app.route('/', installRoutes(parts));
  app.route('/', billingRoutes(parts));
  const limit = new RateLimit(settings.requestsPerMinute);
  // `/jobs/*` is `/jobs` too: named twice, a request would count twice
  for (const path of ['/me', '/jobs/*', '/publish', '/publish-logs']) app.use(path, requireInstance(settings, limit));
  app.route('/', meRoutes(parts));
  app.route('/', jobRoutes(parts));
  app.route('/', jobEventRoutes(parts));
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
