import { backfillDomain, parseTarget } from '@repo/migrate';
import { withConnection } from '../../support/connection.ts';
import { domain, UPDATE } from './accounts.ts';

/** How the column is filled; a number: by the engine, on so many connections. */
export type Way = 'one UPDATE' | 'popular form' | 1 | 2;

export interface Order {
  readonly way: Way;
  readonly url: string;
}

export interface Answer {
  readonly ms: number;
}

const BATCH = 5_000;

/** What tutorials recommend: the next rows that are still empty, by a CTE that the UPDATE joins, until there are none. */
const POPULAR = `
  WITH batch AS (SELECT id FROM bench.accounts WHERE id > $1::bigint AND cents IS NULL ORDER BY id LIMIT ${BATCH}),
  changed AS (UPDATE bench.accounts a SET cents = balance * 100 FROM batch WHERE a.id = batch.id RETURNING a.id)
  SELECT max(id)::text AS last FROM changed`;

async function popular(url: string): Promise<void> {
  await withConnection(url, async (sql) => {
    for (let last: string | null = '0'; last !== null; ) {
      const [row]: { last?: string | null }[] = await sql.unsafe(POPULAR, [last]);
      last = row?.last ?? null;
    }
  });
}

async function fill({ way, url }: Order): Promise<void> {
  if (way === 'one UPDATE') await withConnection(url, (sql) => sql.unsafe(UPDATE));
  else if (way === 'popular form') await popular(url);
  else {
    const lock = { waitMs: 0, onWait: () => {} };
    await backfillDomain(domain, 'cents', { target: parseTarget(url, 'bench'), connections: way, lock });
  }
}

// A process of its own, so that the writer's clock is not held up by it.
process.on('message', (order: Order) => {
  const started = performance.now();
  fill(order).then(
    () => process.send?.({ ms: performance.now() - started }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.('ready');
