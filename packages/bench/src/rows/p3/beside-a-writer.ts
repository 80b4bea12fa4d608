import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalPostgres } from '@repo/local-postgres';
import type { Pool } from 'pg';
import { defineVariant, type Figures, type Variant } from '../../harness/variant.ts';
import type { Child } from '../../support/child.ts';
import { withConnection } from '../../support/connection.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { startOpenLoop } from '../p2/open-loop.ts';
import { openPool } from '../p2/scene.ts';
import { dueWithin, longest } from '../p2/waits.ts';
import { accounts, ROWS, write } from './accounts.ts';
import type { Answer, Order, Way } from './runner.ts';

export interface Scene extends AsyncDisposable {
  readonly server: LocalPostgres;
  readonly serverVersion: string;
  /** The backfilling process, loaded and waiting. */
  readonly runner: Child<Order, Answer>;
}

export const RATE = 'rows per second';
/** Figure: from the time that a write was due, while the backfill ran. */
export const LONGEST = 'longest wait of the writer';
/** Figure: the same writer without a backfill, just before, in the same database. */
export const ALONE = 'longest wait of the writer alone';
/** Figure: the longest wait by what it may be: 25 ms, or twice that of the writer alone. At most 1 is promised. */
export const SHARE = 'wait ÷ allowance';
/** Figure: table and its indexes, after the backfill by before it. */
export const GROWTH = 'size after ÷ before';

const WAIT_MS = 25;
const WRITES_PER_SECOND = 300;
const CONNECTIONS = 20;
const ALONE_MS = 3_000;

export const about = `${WRITES_PER_SECOND} writes/s on ${CONNECTIONS} connections, spread over the table`;

interface State {
  readonly scene: Scene;
  readonly database: FreshDatabase;
  pool: Pool | undefined;
  /** Longest wait of the writer alone, in milliseconds. */
  alone: number;
}

/** Fills the column of a million rows the given way while a writer goes on. */
export function besideAWriter(name: string, way: Way, what: string): Variant<Scene> {
  return defineVariant({
    name,
    about: what,
    setup: async (scene: Scene): Promise<State> => ({
      scene,
      database: new FreshDatabase(scene.server, accounts, everyRowFilled),
      pool: undefined,
      alone: 0,
    }),
    prepare: async (state) => {
      await state.pool?.end();
      await state.database.renew();
      state.pool = await openPool(state.database.url, CONNECTIONS);
      // The plans of the first writes are not what is measured.
      await Promise.all(Array.from({ length: CONNECTIONS * 5 }, (_, n) => write(poolOf(state), n)));
      state.alone = (await writing(poolOf(state), () => sleep(ALONE_MS))).longest;
    },
    run: (state) => measure(state, way),
    teardown: async ({ pool, database }) => {
      await pool?.end();
      await database.drop();
    },
  });
}

async function measure(state: State, way: Way): Promise<Figures> {
  const { scene, database, alone } = state;
  const { url } = database;
  const before = await sizeOf(url);
  const { longest: wait, value } = await writing(poolOf(state), () => scene.runner.ask({ way, url }));
  return {
    [RATE]: (ROWS * 1000) / value.ms,
    [LONGEST]: wait,
    [ALONE]: alone,
    [SHARE]: wait / Math.max(WAIT_MS, 2 * alone),
    [GROWTH]: (await sizeOf(url)) / before,
  };
}

/** The longest wait of the writer while `body` runs. */
async function writing<T>(pool: Pool, body: () => Promise<T>): Promise<{ longest: number; value: T }> {
  const writer = startOpenLoop(pool, WRITES_PER_SECOND, write);
  const from = performance.now();
  const value = await body();
  const to = performance.now();
  return { value, longest: longest(dueWithin(await writer.stop(), from, to)) };
}

function poolOf({ pool }: State): Pool {
  if (pool === undefined) throw new Error('expected a pool from prepare');
  return pool;
}

async function sizeOf(url: string): Promise<number> {
  return await withConnection(url, async (sql) => {
    const [row] = await sql<{ bytes: number }[]>`SELECT pg_total_relation_size('bench.accounts')::float8 AS bytes`;
    return row?.bytes ?? 0;
  });
}

async function everyRowFilled(url: string): Promise<void> {
  await withConnection(url, async (sql) => {
    const [row] = await sql<{ left: number }[]>`SELECT count(*)::int AS left FROM bench.accounts WHERE cents IS NULL`;
    if (row?.left !== 0) throw new Error(`expected every row to be filled, got ${row?.left} that are not`);
  });
}
