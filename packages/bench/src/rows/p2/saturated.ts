import type { Pool } from 'pg';
import { defineVariant, type Variant } from '../../harness/variant.ts';
import type { DdlOrder } from '../../peers/ddl.ts';
import { FreshDatabase } from '../../support/fresh-database.ts';
import { ALTERS, accounts, alter, openPool, type Scene, write } from './scene.ts';

/** Figure: the longest of the 20 ALTERs of a run, from the call to its end, connection included. */
export const SLOWEST = 'slowest of 20 ALTERs';
/** Figure: the longest single write meanwhile. */
export const LONGEST_WRITE = 'longest write beside them';

const CONNECTIONS = 8;

/** Twenty ALTERs, one after the other, on a table that eight connections write to without pause; wall time of one. */
export function saturated(name: string, way: DdlOrder['way'], what: string): Variant<Scene> {
  return defineVariant({
    name,
    about: what,
    operations: ALTERS,
    setup: async (scene: Scene) => {
      const database = new FreshDatabase(scene.server, accounts);
      return { scene, database, writers: [] as Pool[] };
    },
    prepare: async ({ database, writers }) => {
      await writers.pop()?.end();
      await database.renew();
      writers.push(await openPool(database.url, CONNECTIONS));
    },
    run: async ({ scene, database, writers }) => {
      const [pool] = writers;
      if (pool === undefined) throw new Error('expected a pool from prepare');
      const writing = startWriting(pool);
      const slowest = await alterAll(scene, database.url, way).finally(() => writing.stop());
      return { [SLOWEST]: slowest, [LONGEST_WRITE]: await writing.longest };
    },
    teardown: async ({ database, writers }) => {
      await writers.pop()?.end();
      await database.drop();
    },
  });
}

async function alterAll({ migrator, projects }: Scene, url: string, way: DdlOrder['way']): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < ALTERS; n += 1) {
    const { name, statements } = alter(n);
    const answer = await migrator.ask({
      way,
      url,
      folder: projects.folder('many'),
      to: name,
      statement: statements.join(';'),
    });
    if ('ms' in answer) taken.push(answer.ms);
  }
  return Math.max(...taken);
}

function startWriting(pool: Pool): { readonly stop: () => void; readonly longest: Promise<number> } {
  const stopped = new AbortController();
  const loop = async (first: number) => {
    let max = 0;
    for (let n = first; !stopped.signal.aborted; n += CONNECTIONS) {
      const started = performance.now();
      await write(pool, n);
      max = Math.max(max, performance.now() - started);
    }
    return max;
  };
  const loops = Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => loop(first)));
  return { stop: () => stopped.abort(), longest: loops.then((all) => Math.max(...all)) };
}
