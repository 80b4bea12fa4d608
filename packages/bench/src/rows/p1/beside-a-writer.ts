import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPostgres } from '@repo/local-postgres';
import type { Pool } from 'pg';
import { defineVariant, type Figures, type Variant } from '../../harness/variant.ts';
import type { Child } from '../../support/child.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { startOpenLoop } from '../p2/open-loop.ts';
import { openPool } from '../p2/scene.ts';
import { dueWithin, longest } from '../p2/waits.ts';
import { accounts, write } from './accounts.ts';
import type { Change } from './changes.ts';
import type { OnlineProject } from './project.ts';
import type { Answer, Order } from './runner.ts';

export interface Scene extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  readonly project: OnlineProject;
  /** The migrating process, loaded and waiting. */
  readonly runner: Child<Order, Answer>;
}

/** Figure: from the time that a write was due, while the change was made. */
export const LONGEST = 'longest wait of the writer';
/** Figure: the same writer just before, in the same database, without a change. */
export const ALONE = 'longest wait of the writer alone';
/** Figure: the longest wait by what it may be: 25 ms, or twice that of the writer alone. At most 1 is promised. */
export const SHARE = 'wait ÷ allowance';
/** Figure: from the order to the end of the change. */
export const TOOK = 'the change took';

const WAIT_MS = 25;
const WRITES_PER_SECOND = 300;
const CONNECTIONS = 20;
const ALONE_MS = 1_000;
/** The change begins and ends while the writer is at it. */
const AROUND_MS = 100;

export const about = `${WRITES_PER_SECOND} writes/s on ${CONNECTIONS} connections, spread over the table`;

interface State {
  readonly scene: Scene;
  readonly database: FreshDatabase;
  pool: Pool | undefined;
  alone: number;
}

/** Makes a change the given way while a writer goes on. */
export function besideAWriter(name: string, change: Change, way: 'plain' | 'online'): Variant<Scene> {
  return defineVariant({
    name,
    about: way === 'plain' ? `\`${change.statement}\`` : '`migrateDomain` with what the planner wrote',
    setup: async (scene: Scene): Promise<State> => ({
      scene,
      database: new FreshDatabase(scene.server, accounts),
      pool: undefined,
      alone: 0,
    }),
    prepare: async (state) => {
      await state.database.renew();
      state.pool = await openPool(state.database.url, CONNECTIONS);
      // The plans of the first writes are not what is measured.
      await Promise.all(Array.from({ length: CONNECTIONS * 5 }, (_, n) => write(poolOf(state), n)));
      state.alone = (await writing(poolOf(state), () => sleep(ALONE_MS))).longest;
    },
    // Sixteen variants: no connection and no database outlives its run.
    run: (state) => measure(state, change, way).finally(() => close(state)),
    teardown: close,
  });
}

async function close(state: State): Promise<void> {
  await state.pool?.end();
  state.pool = undefined;
  await state.database.drop();
}

async function measure(state: State, { name, statement }: Change, way: 'plain' | 'online'): Promise<Figures> {
  const { scene, database, alone } = state;
  const change = way === 'plain' ? { statement } : { root: scene.project.root, folder: name };
  const { longest: wait, value } = await writing(poolOf(state), async () => {
    await sleep(AROUND_MS);
    const answer = await scene.runner.ask({ url: database.url, change });
    await sleep(AROUND_MS);
    return answer;
  });
  return { [LONGEST]: wait, [ALONE]: alone, [SHARE]: wait / Math.max(WAIT_MS, 2 * alone), [TOOK]: value.ms };
}

/** The longest wait of the writer while `body` runs. */
async function writing<T>(pool: Pool, body: () => Promise<T>): Promise<{ longest: number; value: T }> {
  const writer = startOpenLoop(pool, WRITES_PER_SECOND, write);
  const from = performance.now();
  try {
    const value = await body();
    const to = performance.now();
    return { value, longest: longest(dueWithin(await writer.stop(), from, to)) };
  } catch (error) {
    await writer.stop();
    throw error;
  }
}

function poolOf({ pool }: State): Pool {
  if (pool === undefined) throw new Error('expected a pool from prepare');
  return pool;
}
