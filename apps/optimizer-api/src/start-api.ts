import { createDb } from '@repo/db';
import { createApp } from './app.ts';
import { TokenVault } from './crypto/token-vault.ts';
import type { ApiEnv } from './env.ts';
import { ProgressHub } from './http/progress-hub.ts';
import { createLog, type Logger } from './log.ts';
import { Metrics } from './metrics.ts';
import { isBoundByPolicies } from './queries/readiness.ts';
import type { OptimizerDb } from './queries/tx.ts';
import { type Served, serve } from './serve.ts';
import { createFindCatalog } from './wix/catalogs.ts';
import { WixOauth } from './wix/oauth.ts';
import { createShopAccess } from './wix/shop-access.ts';

/** How long requests may go on after SIGTERM. */
const DRAIN_MS = 10_000;

export interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the HTTP API. It begins to serve at once; `/ready` says when the schema is there. */
export async function startApi(env: ApiEnv): Promise<Started> {
  const log = createLog('optimizer-api', env.LOG_LEVEL);
  const metrics = new Metrics();
  const db = createDb({
    domain: 'optimizer',
    url: env.DATABASE_URL,
    app: 'optimizer-api',
    ...(env.LISTEN_URL !== undefined && { directUrl: env.LISTEN_URL }),
    // a job's 100,000 items are one statement
    timeouts: { statementMs: 60_000 },
    onSlowQuery: (query) => log.warn(query, 'a slow query'),
  });
  const oauth = new WixOauth(env.WIX_API_URL, env.WIX_APP_ID, env.WIX_APP_SECRET);
  const vault = new TokenVault(env.TOKEN_KEYS);
  const progress = new ProgressHub(db);
  const app = createApp({
    db,
    log,
    metrics,
    vault,
    oauth,
    progress,
    findCatalog: createFindCatalog(env.WIX_API_URL),
    accessToken: createShopAccess(db, vault, oauth),
    settings: settingsOf(env),
  });
  const served: Served = await serve(app, env.HOST, env.PORT);
  log.info({ url: served.url }, 'serving');
  void warnIfUnbound(db, log);
  return {
    url: served.url,
    async stop() {
      await progress.close();
      await served.close(DRAIN_MS);
      await db.close();
    },
  };
}

async function warnIfUnbound(db: OptimizerDb, log: Logger): Promise<void> {
  const isBound = await isBoundByPolicies(db).catch(() => true);
  if (!isBound) log.warn('row-level security does not bind this role: log in as optimizer_app');
}

function settingsOf(env: ApiEnv) {
  return {
    appId: env.WIX_APP_ID,
    appSecret: env.WIX_APP_SECRET,
    installerUrl: env.WIX_INSTALLER_URL,
    publicUrl: env.PUBLIC_URL,
    webhookPublicKey: env.WIX_WEBHOOK_PUBLIC_KEY,
    planProducts: env.PLAN_PRODUCTS,
    cursorSecret: env.CURSOR_SECRET,
    allowedOrigins: env.ALLOWED_ORIGINS,
    tokenAgeMaxMs: env.INSTANCE_TOKEN_AGE_MAX_S * 1_000,
    requestsPerMinute: env.REQUESTS_PER_MINUTE,
  };
}
