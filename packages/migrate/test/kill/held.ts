import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { appOf, interrupt, type Scene, sessionGone } from './interrupt.ts';
import type { HeldCut } from './plan-cuts.ts';

/** Cuts a run while one of its statements waits for an old transaction. @returns whether that statement was met */
export async function interruptHeld(scene: Scene, cut: Omit<HeldCut, 'of' | 'kind' | 'server'>): Promise<boolean> {
  const blocker = postgres(scene.url(), { max: 1, onnotice: () => {}, connection: { application_name: 'blocker' } });
  const watcher = postgres(scene.url(), { max: 1, onnotice: () => {} });
  const isIt = ({ name, sql }: { name: string; sql: string }) =>
    name === 'Query' && sql.trim().startsWith(cut.statement);
  try {
    const met = await interrupt(scene, {
      at: (message) => (isIt(message) ? 'after' : undefined),
      prepare: async (message) => {
        if (isIt(message)) await block(blocker, cut.blocker);
      },
      atCut: async () => {
        await untilWaiting(watcher, appOf(scene.act));
        await watcher.end({ timeout: 1 });
      },
    });
    if (scene.kind !== 'server killed' && cut.first === 'the session') await sessionGone(scene);
    return met !== undefined;
  } finally {
    await Promise.all([blocker.end({ timeout: 0 }), watcher.end({ timeout: 0 })]);
  }
}

/** A writer holds locks on the tables; a snapshot holds none, and concurrent builds wait for it at their end. */
async function block(blocker: postgres.Sql, kind: 'writer' | 'snapshot'): Promise<void> {
  if (kind === 'writer') {
    await blocker.unsafe('BEGIN; LOCK TABLE shop.orders, shop.events IN ROW EXCLUSIVE MODE');
  } else {
    await blocker.unsafe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  }
}

async function untilWaiting(watcher: postgres.Sql, app: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const rows = await watcher`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = ${app} AND wait_event_type = 'Lock'`;
    if (rows.length > 0) return;
    await sleep(10);
  }
  throw new Error('the statement does not wait for the old transaction');
}
