import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { defineVariant, type Figures, Skipped } from '../../harness/variant.ts';
import { withConnection } from '../../support/connection.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { runProgram } from '../../support/run-program.ts';
import { startOpenLoop } from '../p2/open-loop.ts';
import { openPool } from '../p2/scene.ts';
import { dueWithin, longest } from '../p2/waits.ts';
import { pgDumpMajor } from '../p15/ways.ts';
import { legacy, ROWS, type Scene } from './scene.ts';

export const ADOPT = 'adopt';
export const FINISH = 'adopt --finish';
export const PIPE = 'pg_dump | pg_restore';
/** Figures: from the order to the end; the longest wait meanwhile, and just before; the first by what it may be. */
export const TOOK = 'it took';
export const LONGEST = 'longest wait of the writer';
export const ALONE = 'longest wait of the writer alone';
export const SHARE = 'wait ÷ allowance';

const WAIT_MS = 250;
const WRITES_PER_SECOND = 100;
const CONNECTIONS = 10;
const ALONE_MS = 2_000;

export const about = `${WRITES_PER_SECOND} writes/s on ${CONNECTIONS} connections, four updates of orders by key and then a new order`;

interface State {
  readonly scene: Scene;
  readonly database: FreshDatabase;
  readonly fresh: FreshDatabase;
  readonly schema: string;
}

function stateOf(scene: Scene, schema: string): State {
  return { scene, schema, database: new FreshDatabase(scene.server, legacy), fresh: new FreshDatabase(scene.server) };
}

const teardown = async ({ database, fresh }: State) => {
  await database.drop();
  await fresh.drop();
};

const adopt = ({ scene, database }: State, ...more: readonly string[]) =>
  scene.db('adopt', '--yes', '--url', database.url, '--scratch-url', scene.server.url, ...more);

export const ways = [
  defineVariant({
    name: ADOPT,
    about: '`db adopt --yes`, the process and its proof included',
    setup: async (scene: Scene) => stateOf(scene, 'public'),
    prepare: ({ database }) => database.renew(),
    run: (state) => beside(state, () => adopt(state)),
    teardown,
  }),
  defineVariant({
    name: FINISH,
    about: '`db adopt --finish --yes` of a database that was adopted; the writer is the new application',
    setup: async (scene: Scene) => stateOf(scene, 'shop'),
    prepare: async (state) => {
      await state.database.renew();
      await adopt(state);
    },
    run: (state) => beside(state, () => adopt(state, '--finish')),
    teardown,
  }),
  defineVariant({
    name: PIPE,
    about: '`pg_dump -Fc -n public | pg_restore` into an empty database, then `ALTER SCHEMA public RENAME TO shop`',
    setup: async (scene: Scene) =>
      (await pgDumpMajor()) === 0 ? new Skipped('no pg_dump here') : stateOf(scene, 'public'),
    prepare: async ({ database, fresh }) => {
      await database.renew();
      await fresh.renew();
      await withConnection(fresh.url, async (sql) => await sql`DROP SCHEMA public`);
    },
    run: (state) => beside(state, () => pipe(state)),
    teardown,
  }),
];

/** The writers stand still meanwhile. */
async function pipe({ database, fresh }: State): Promise<void> {
  await withConnection(database.url, async (sql) => {
    await sql.begin(async (tx) => {
      await tx`LOCK TABLE customers, orders IN EXCLUSIVE MODE`;
      const script = `set -e; pg_dump -Fc -n public "${database.url}" | pg_restore --exit-on-error --no-owner -d "${fresh.url}"`;
      await runProgram(['sh', '-c', script], '.');
      await withConnection(fresh.url, async (to) => await to`ALTER SCHEMA public RENAME TO shop`);
    });
  });
}

/** The longest wait of a writer while `work` runs, and just before. */
async function beside({ database, schema }: State, work: () => Promise<unknown>): Promise<Figures> {
  const pool = await openPool(database.url, CONNECTIONS);
  try {
    const writer = startOpenLoop(pool, WRITES_PER_SECOND, (to, n) => write(to, schema, n));
    const begun = performance.now();
    await sleep(ALONE_MS);
    const from = performance.now();
    const worked = await work().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const to = performance.now();
    const waits = await writer.stop();
    if (worked !== null) throw worked.error;
    const [wait, alone] = [longest(dueWithin(waits, from, to)), longest(dueWithin(waits, begun + ALONE_MS / 2, from))];
    return { [TOOK]: to - from, [LONGEST]: wait, [ALONE]: alone, [SHARE]: wait / Math.max(WAIT_MS, 2 * alone) };
  } finally {
    await pool.end();
  }
}

/** The names are those that the old application knows, on connections that it has had before. */
async function write(pool: Pool, schema: string, n: number): Promise<void> {
  const id = 1 + ((n * 611_953) % ROWS);
  await (n % 5 === 4
    ? pool.query(`INSERT INTO ${schema}.orders (customer_id, note) VALUES ($1, 'new')`, [id])
    : pool.query(`UPDATE ${schema}.orders SET cents = cents + 1 WHERE id = $1`, [id]));
}
