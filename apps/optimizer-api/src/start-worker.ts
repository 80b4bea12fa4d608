import { createDb } from '@repo/db';
import { Hono } from 'hono';
import { operationRoutes } from './app.ts';
import { TokenVault } from './crypto/token-vault.ts';
import type { WorkerEnv } from './env.ts';
import type { AppEnv } from './http/context.ts';
import { createLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { createAnthropic } from './models/anthropic.ts';
import { createOpenai } from './models/openai.ts';
import type { ModelProvider } from './models/provider.ts';
import type { OptimizerDb } from './queries/tx.ts';
import { serve } from './serve.ts';
import type { Started } from './start-api.ts';
import { createFindCatalog } from './wix/catalogs.ts';
import { WixOauth } from './wix/oauth.ts';
import { createShopAccess } from './wix/shop-access.ts';
import { startHousekeeping } from './worker/housekeeping.ts';
import { createOptimizeItem } from './worker/optimize-item.ts';
import { listenForWork } from './worker/wake-ups.ts';
import { EXCHANGES, Worker, type WorkerOptions } from './worker/worker.ts';

/** Starts a worker: items, credit resets, left-over publications; and a port for platforms and monitors. `instead` replaces the work of an
 *  item, or listens; for measurements. */
export async function startWorker(
  env: WorkerEnv,
  instead: Partial<Pick<WorkerOptions, 'process' | 'onResult' | 'onExchange'>> = {},
): Promise<Started> {
  const log = createLog('optimizer-worker', env.LOG_LEVEL);
  const metrics = new Metrics();
  const db = openWorkerDb(env);
  const shops = openShops(env, db);
  const worker = new Worker({
    db,
    log,
    process: instead.process ?? createOptimizeItem({ ...shops, model: openModel(env) }),
    concurrency: env.WORKER_CONCURRENCY,
    perShopMax: env.ITEMS_PER_SHOP_MAX,
    leaseMs: env.LEASE_S * 1_000,
    pollMs: env.POLL_S * 1_000,
    batch: env.WORKER_BATCH,
    onExchange: (seconds) => {
      metrics.observe('optimizer_exchange_seconds', {}, seconds);
      instead.onExchange?.(seconds);
    },
    onResult: (status) => {
      metrics.count('optimizer_items_total', { status });
      instead.onResult?.(status);
    },
  });
  metrics.gauge('optimizer_items_in_work', () => worker.size);
  const app = new Hono<AppEnv>();
  operationRoutes(app, { db, metrics });
  // before anything is claimed: where the port is taken, the program ends
  const served = await serve(app, env.HOST, env.WORKER_PORT);
  const stopListening = await listenForWork(db, log, () => worker.wake());
  worker.start();
  const housekeeping = startHousekeeping({ db, log, ...shops });
  log.info({ url: served.url }, 'working');
  return {
    url: served.url,
    async stop() {
      const drainMs = env.DRAIN_S * 1_000;
      await Promise.all([housekeeping.stop(drainMs), worker.stop(drainMs)]);
      await stopListening();
      await served.close(1_000);
      await db.close();
    },
  };
}

function openWorkerDb(env: WorkerEnv): OptimizerDb {
  return createDb({
    domain: 'optimizer',
    url: env.WORKER_DATABASE_URL,
    app: 'optimizer-worker',
    ...(env.LISTEN_URL !== undefined && { directUrl: env.LISTEN_URL }),
    profile: 'worker',
    connectionsMax: EXCHANGES + 4,
  });
}

/** What reads and writes the products of every shop. */
function openShops(env: WorkerEnv, db: OptimizerDb) {
  const oauth = new WixOauth(env.WIX_API_URL, env.WIX_APP_ID, env.WIX_APP_SECRET);
  return {
    findCatalog: createFindCatalog(env.WIX_API_URL),
    accessToken: createShopAccess(db, new TokenVault(env.TOKEN_KEYS), oauth),
  };
}

function openModel({ MODEL_PROVIDER, MODEL_URL, MODEL_KEY, MODEL_NAME }: WorkerEnv): ModelProvider {
  const options = { baseUrl: MODEL_URL, key: MODEL_KEY, model: MODEL_NAME };
  return MODEL_PROVIDER === 'anthropic' ? createAnthropic(options) : createOpenai(options);
}
