import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { DbError } from '../../src/index.ts';
import { createCuttingProxy, type Message, type ProxyOptions } from '../support/cutting-proxy.ts';
import { startMain } from '../support/run-main.ts';
import type { Act } from './acts.ts';
import type { KillableServer } from './killable-server.ts';
import type { Kind } from './plan-cuts.ts';

/** A command on a database, and how to kill what. */
export interface Scene {
  readonly act: Act;
  readonly kind: Kind;
  /** Undefined where the server is shared, and must live. */
  readonly server: KillableServer | undefined;
  /** Connection string of the database; may change when the server comes back. */
  url(): string;
}

/** How an interrupted run may end, beside success: no other word for it, and never "bug". */
const LOST: readonly unknown[] = ['DB_CONNECTION_LOST', 'DB_UNREACHABLE', 'DB_NOT_READY'];
const SETTLES_MS = 120_000;

/** Runs the command through a proxy that cuts where it is told; brings a killed server back.
 *  @returns the message of the cut, or undefined where the run ended before it */
export async function interrupt(
  { act, kind, server, url }: Scene,
  { at, prepare, atCut }: Pick<ProxyOptions, 'at' | 'prepare'> & { readonly atCut?: () => Promise<void> },
): Promise<Message | undefined> {
  let kill: () => Promise<unknown> = async () => {};
  await using proxy = await createCuttingProxy(url(), {
    at,
    ...(prepare === undefined ? {} : { prepare }),
    reset: kind === 'connection reset',
    cut: async () => {
      await atCut?.();
      await kill();
    },
  });
  if (kind === 'migrator killed') {
    const { child, ended } = startMain(act.args, act.project.root, { DATABASE_URL: proxy.url });
    kill = () => {
      child.kill('SIGKILL');
      return ended;
    };
    const { exit, stderr } = await inTime(ended);
    if (proxy.cutAt() === undefined && exit !== 0 && exit !== 5) throw new Error(`exit ${exit} with no cut: ${stderr}`);
  } else {
    if (server !== undefined) kill = () => server.kill();
    await inTime(act.run(proxy.url, 5_000)).catch((error: unknown) => {
      if (!(error instanceof DbError) || (!LOST.includes(error.code) && error.exit !== 5)) throw error;
    });
    if (server !== undefined && proxy.cutAt() !== undefined) await server.restart();
  }
  return proxy.cutAt();
}

/** The next run of the command, again and again while a dead session still holds the lock (exit 5). */
export async function runAgain({ act, url }: Pick<Scene, 'act' | 'url'>): Promise<void> {
  const deadline = performance.now() + SETTLES_MS;
  while (performance.now() < deadline) {
    const { exit, text } = await tryRun(act, url());
    if (exit === 0) {
      if (act.command === 'rollback') return;
      // A run that finds nothing to apply lets the dead session end, and leaves the finishing touch to the next one.
      await sessionGone({ act, url });
      await act.run(url(), 500);
      return;
    }
    if (exit !== 5) throw new Error(`the next db ${act.command} ended with exit ${exit}: ${text}`);
    await sleep(50);
  }
  throw new Error(`the lock is still held after ${SETTLES_MS} ms`);
}

/** Waits until no session of the command is left in the database. @returns how long that took, in milliseconds */
export async function sessionGone({ act, url }: Pick<Scene, 'act' | 'url'>): Promise<number> {
  const started = performance.now();
  const sql = postgres(url(), { max: 1, onnotice: () => {} });
  try {
    while (performance.now() - started < SETTLES_MS) {
      const rows =
        await sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = ${appOf(act)}`;
      if (rows.length === 0) return performance.now() - started;
      await sleep(20);
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
  throw new Error('the session of a dead migrator stays');
}

/** The application_name of the command's session. */
export function appOf({ command }: Act): string {
  return `db ${command} shop`;
}

async function tryRun(act: Act, url: string): Promise<{ exit: number; text: string }> {
  try {
    await inTime(act.run(url, 500));
    return { exit: 0, text: '' };
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    return { exit: error.exit, text: `${error.code}: ${error.message}` };
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new AbortController();
  const limit = sleep(SETTLES_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`the migrator hangs: no end after ${SETTLES_MS} ms`);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    late.abort();
    await limit.catch(() => {});
  }
}
