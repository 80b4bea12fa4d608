import type { AnyRelations } from 'drizzle-orm';
import type { Database } from './database.ts';

/** What the pools of all processes may take of one server. */
export interface ConnectionBudget {
  /** `host:port`. */
  readonly server: string;
  /** Connections of all pools, and one each for listening. */
  readonly wanted: number;
  /** max_connections without those that are reserved for superusers. */
  readonly available: number;
  /** undefined: a pooler stands between, whose own limits count. */
  readonly fits: boolean | undefined;
}

/** Adds up what `processes` processes with these clients each may open, per server, beside what it allows. Ask it where a deploy
 *  begins: a sum that does not fit fails on the busiest day only.
 *  @throws {DatabaseError} where a server does not answer */
export async function connectionBudget<R extends AnyRelations>(
  clients: readonly Pick<Database<R>, 'poolLimits'>[],
  processes: number,
): Promise<readonly ConnectionBudget[]> {
  const limits = (await Promise.all(clients.map((client) => client.poolLimits()))).flat();
  return [...Map.groupBy(limits, ({ server }) => server)].map(([server, pools]) => {
    const wanted = processes * pools.reduce((sum, { connectionsMax }) => sum + connectionsMax, 0);
    const available = Math.min(...pools.map((pool) => pool.available));
    const pooled = pools.some(({ connection }) => connection === 'pooler');
    return { server, wanted, available, fits: pooled ? undefined : wanted <= available };
  });
}
