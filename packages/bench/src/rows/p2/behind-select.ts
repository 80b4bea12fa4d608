import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { defineVariant, type Variant } from '../../harness/variant.ts';
import type { DdlOrder } from '../../peers/ddl.ts';
import { withConnection } from '../../support/connection.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { startOpenLoop } from './open-loop.ts';
import { accounts, alter, openPool, type Scene, write } from './scene.ts';
import { dueWithin, longest } from './waits.ts';

/** Figure: the writer's longest wait from the time a write was due, while the ALTER was pending and until 300 ms after it. */
export const LONGEST = 'longest wait of the writer';
/** Figure: how many writes waited longer than 100 ms. */
export const SLOW = 'writes over 100 ms';

const WRITES_PER_SECOND = 300;
const CONNECTIONS = 20;
const SELECT_SECONDS = 3;
const SELECT_AGE_MS = 300;
const AFTER_MS = 300;

export const about = `${WRITES_PER_SECOND} writes/s on ${CONNECTIONS} connections, beside a SELECT of ${SELECT_SECONDS} s`;

/** The writer and the long SELECT, with an ALTER the given way that begins when the SELECT is 300 ms old; none: the control. */
export function behindSelect(name: string, way: DdlOrder['way'] | 'none', what: string): Variant<Scene> {
  return defineVariant({
    name,
    about: what,
    setup: async (scene: Scene) => ({ scene, database: new FreshDatabase(scene.server, accounts) }),
    prepare: async ({ database }) => await database.renew(),
    run: async ({ scene, database }) => {
      const pool = await openPool(database.url, CONNECTIONS);
      try {
        return await measure(scene, database.url, pool, way);
      } finally {
        await pool.end();
      }
    },
    teardown: async ({ database }) => await database.drop(),
  });
}

async function measure(scene: Scene, url: string, pool: Pool, way: DdlOrder['way'] | 'none') {
  // The plans and connections of the first writes are not what is measured.
  await Promise.all(Array.from({ length: CONNECTIONS * 5 }, (_, n) => write(pool, n)));
  const writer = startOpenLoop(pool, WRITES_PER_SECOND, write);
  const select = withConnection(url, (sql) =>
    sql.unsafe(`SELECT pg_sleep(${SELECT_SECONDS}) FROM bench.accounts LIMIT 1`),
  );
  await sleep(SELECT_AGE_MS);
  const from = performance.now();
  if (way !== 'none') await scene.migrator.ask(order(scene, url, way));
  await select;
  await sleep(AFTER_MS);
  const waits = dueWithin(await writer.stop(), from, performance.now());
  return { [LONGEST]: longest(waits), [SLOW]: waits.filter(({ ms }) => ms > 100).length };
}

function order({ projects }: Scene, url: string, way: DdlOrder['way']): DdlOrder {
  return { way, url, folder: projects.folder('one'), statement: alter(0).statements.join(';') };
}
