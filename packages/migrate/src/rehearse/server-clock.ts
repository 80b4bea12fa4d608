import type { Session } from '../connect/session.ts';
import { MOMENT_SQL } from './around-sql.ts';

/** Turns the server's clock into `performance.now()`'s. */
export interface ServerClock {
  toLocal(serverMs: number): number;
}

const ROUNDS = 9;

/** Compares the two clocks by the quickest of some round trips; wrong by half of that at most. */
export async function readServerClock({ sql }: Session): Promise<ServerClock> {
  let quickest = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    const [row] = await sql.unsafe<{ ms: number }[]>(MOMENT_SQL);
    const took = performance.now() - from;
    if (row === undefined || took >= quickest) continue;
    quickest = took;
    offset = from + took / 2 - row.ms;
  }
  return { toLocal: (serverMs) => serverMs + offset };
}
