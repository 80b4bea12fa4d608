import type { Pool } from 'pg';
import { nowDue, type Wait } from './waits.ts';

/** A writer that keeps its rate whatever the server does: stop it to have every operation, the last of them awaited. */
export interface OpenLoop {
  readonly stop: () => Promise<readonly Wait[]>;
}

const TICK_MS = 1;

/** Starts `perSecond` operations a second. Each waits for a connection of its own: one blocked write blocks no other. */
export function startOpenLoop(
  pool: Pool,
  perSecond: number,
  operation: (pool: Pool, n: number) => Promise<unknown>,
): OpenLoop {
  const started = performance.now();
  const sent: Promise<Wait>[] = [];
  const tick = () => {
    for (let left = nowDue(performance.now() - started, perSecond, sent.length); left > 0; left -= 1) {
      const due = started + (sent.length * 1000) / perSecond;
      sent.push(operation(pool, sent.length).then(() => ({ due, ms: performance.now() - due })));
    }
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
  return {
    stop: async () => {
      clearInterval(timer);
      return await Promise.all(sent);
    },
  };
}
