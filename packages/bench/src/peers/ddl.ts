import { setTimeout as sleep } from 'node:timers/promises';
import { migrateDomain, parseTarget } from '@repo/migrate';
import postgres from 'postgres';
import { domain } from '../synthetic/domain.ts';
import { drizzleMigrate } from './drizzle-migrate.ts';

/** What the parent asks of this process; it answers with the milliseconds that it took, or with what went wrong. */
export interface DdlOrder {
  readonly way: 'ours' | 'drizzle' | 'lock_timeout';
  readonly url: string;
  readonly folder: string;
  /** Ours: stop after this migration. */
  readonly to?: string;
  /** The bare statement, for a way that knows no files. */
  readonly statement: string;
}

export type DdlAnswer = { readonly ms: number } | { readonly failed: string };

process.on('message', async (order: DdlOrder) => {
  const started = performance.now();
  const answer = await WAYS[order.way](order).then(
    (): DdlAnswer => ({ ms: performance.now() - started }),
    (error: unknown): DdlAnswer => ({ failed: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer);
});
// Loaded: from here on an order costs what the way costs.
process.send?.('ready');

const WAYS = {
  ours: async ({ url, folder, to }) => {
    await migrateDomain(domain, { root: folder, target: parseTarget(url, 'bench'), to });
  },
  drizzle: async ({ url, folder }) => await drizzleMigrate(url, folder),
  lock_timeout: retryWithTimeout,
} satisfies Record<DdlOrder['way'], (order: DdlOrder) => Promise<void>>;

const PAUSE_MS = 200;

/** The common advice: a timeout, a pause in which the queue empties, another try. */
async function retryWithTimeout({ url, statement }: DdlOrder): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  for (;;) {
    const done = await sql.unsafe(`SET lock_timeout = '1s'; ${statement}`).then(
      () => true,
      (error: { code?: string }) => {
        if (error.code !== '55P03') throw error;
        return false;
      },
    );
    if (done) break;
    await sleep(PAUSE_MS);
  }
  await sql.end({ timeout: 5 });
}
