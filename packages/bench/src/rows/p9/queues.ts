import { join } from 'node:path';
import { createTestDatabase, type LocalPostgres, type TestDatabase } from '@repo/local-postgres';
import { defineVariant, type Variant } from '../../harness/variant.ts';
import { type Child, startChild } from '../../support/child.ts';
import { root } from '../../support/root.ts';
import { buildOurs, buildPeers, checkOurs, fillGraphile, fillOurs, fillPgBoss, tellOurs } from './databases.ts';
import type { Answer as PeerAnswer, Order as PeerOrder } from './peers.ts';

/** Figure: results in the database per second, from the first job's begin. */
export const RATE = 'jobs per second';
/** Figure: 99 of 100 round trips that hand in and claim took no longer. */
export const P99 = 'p99 of a claim';

export interface Scene extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  /** With both peers' schemas. */
  readonly peers: TestDatabase;
  readonly child: Child<PeerOrder, PeerAnswer>;
}

/** Jobs of one run: enough for a second or so. Multiples of the shops. */
const ITEMS = { ours: { 1: 4_000, 10: 30_000, 100: 50_000 }, peers: { 1: 2_000, 10: 5_000, 100: 20_000 } } as const;
export type Batch = keyof (typeof ITEMS)['ours'];

type WorkerOrder = { readonly arm: number } | { readonly wait: true };
interface WorkerAnswer {
  readonly ms: number;
  readonly exchangeP99Ms: number;
}

/** The optimizer's worker, in a table with `done` finished items. */
export function ours(name: string, batch: Batch, done: number): Variant<Scene> {
  const items = ITEMS.ours[batch];
  return defineVariant({
    name,
    about: `\`apps/optimizer-api\`, its own entry: 4 round trips at once, ${batch} items each at most; ${done.toLocaleString('en')} finished items`,
    setup: async ({ server }: Scene) => {
      const database = await createTestDatabase(undefined, { server: server.url });
      await buildOurs(database.url, done);
      const script = join(root, 'apps/optimizer-api/bench/idle-worker.ts');
      const worker = await startChild<WorkerOrder, WorkerAnswer>(script, environment(database.url, batch));
      return { database, worker };
    },
    prepare: async ({ database, worker }) => {
      await fillOurs(database.url, items);
      await worker.ask({ arm: items });
    },
    run: async ({ database, worker }) => {
      await tellOurs(database.url);
      const { ms, exchangeP99Ms } = await worker.ask({ wait: true });
      return { [RATE]: (items * 1_000) / ms, [P99]: exchangeP99Ms };
    },
    teardown: async ({ database, worker }) => {
      await worker[Symbol.asyncDispose]();
      await checkOurs(database.url);
      await database.drop();
    },
  });
}

function environment(url: string, batch: number): Readonly<Record<string, string>> {
  const asWorker = new URL(url);
  asWorker.searchParams.set('role', 'optimizer_worker');
  return {
    WORKER_DATABASE_URL: asWorker.href,
    WORKER_PORT: '0',
    WORKER_BATCH: String(batch),
    WORKER_CONCURRENCY: String(4 * batch),
    LOG_LEVEL: 'error',
    WIX_APP_ID: 'bench',
    WIX_APP_SECRET: 'secret of the bench',
    TOKEN_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
    MODEL_PROVIDER: 'openai',
    MODEL_URL: 'http://127.0.0.1:9',
    MODEL_KEY: 'none',
    MODEL_NAME: 'none',
  };
}

/** A peer, with as many fetchers and the same batch. */
export function peer(name: string, which: PeerOrder['peer'], batch: Batch, about: string): Variant<Scene> {
  const items = ITEMS.peers[batch];
  return defineVariant({
    name,
    about,
    setup: async (scene: Scene) => scene,
    prepare: ({ peers }) => (which === 'pg-boss' ? fillPgBoss : fillGraphile)(peers.url, items),
    run: async ({ peers, child }) => {
      const { ms } = await child.ask({ peer: which, url: peers.url, batch, items });
      return { [RATE]: (items * 1_000) / ms };
    },
  });
}

/** The peers' database, with `done` completed jobs, and the process that works on it. */
export async function openPeers(server: LocalPostgres, done: number): Promise<Pick<Scene, 'peers' | 'child'>> {
  const peers = await createTestDatabase(undefined, { server: server.url });
  await buildPeers(peers.url, done);
  return { peers, child: await startChild<PeerOrder, PeerAnswer>(join(import.meta.dirname, 'peers.ts')) };
}
