import { testServers } from '@repo/local-postgres/vitest';
import { eq, sql } from 'drizzle-orm';
import { integer, pgSchema, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import type { Generated } from '../src/author/generated.ts';
import { compareCatalogs, readCatalog } from '../src/catalog/read-catalog.ts';
import { migrateDomain, parseTarget } from '../src/index.ts';
import { type Database, emptyDatabase } from './support/database.ts';
import { createDrizzleProject, type DrizzleProject } from './support/drizzle-project.ts';

/** What a build knows of the table. */
interface Names {
  readonly table: string;
  readonly code: string;
  readonly total: string;
}

const declared = ({ table, code, total }: Names) => `
export const customers = shop.table('customers', { id: integer('id').primaryKey() });
export const orders = shop.table('${table}', { id: integer('id').primaryKey().generatedAlwaysAsIdentity(), code: text('${code}').notNull().unique(),
  total: integer('${total}').notNull().default(7), customerId: integer('customer_id').notNull().default(1).references(() => customers.id) },
  (t) => [check('orders_total_check', sql\`\${t.total} >= 0\`), index('idx_orders_total').on(t.total)]);\n`;

const ordersOf = ({ table, code, total }: Names) =>
  pgSchema('shop').table(table, {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    code: text(code).notNull().unique(),
    total: integer(total).notNull().default(7),
    customerId: integer('customer_id').notNull().default(1),
  });

/** A program that writes and reads rows, and goes on where another build has left off. */
interface Build {
  /** Rows that it has finished writing, for another build. */
  readonly written: string[];
  /** Waits until it has done so many more rounds. */
  rounds(count: number): Promise<void>;
  /** @throws what has failed in it. */
  stop(): Promise<void>;
}

/** Each round inserts, upserts, reads and updates by the names that the build knows; then it takes over a row of the other build. */
function startBuild({ url }: Database, name: string, names: Names, other: () => Build | undefined): Build {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  const db = drizzle({ client });
  const orders = ordersOf(names);
  const upsert = (code: string) =>
    db
      .insert(orders)
      .values({ code })
      .onConflictDoUpdate({ target: orders.code, set: { total: sql`${orders.total} + 1` } })
      .returning({ total: orders.total });
  const totalOf = (code: string) => db.select({ total: orders.total }).from(orders).where(eq(orders.code, code));
  const state = { round: 0, stopped: false };
  const written: string[] = [];
  const loop = async () => {
    while (!state.stopped) {
      const code = `${name}-${state.round}`;
      expect([code, await upsert(code)]).toEqual([code, [{ total: 7 }]]);
      expect([code, await upsert(code)]).toEqual([code, [{ total: 8 }]]);
      written.push(code);
      const theirs = other()?.written.shift();
      if (theirs !== undefined) {
        expect([theirs, await totalOf(theirs)]).toEqual([theirs, [{ total: 8 }]]);
        await db
          .update(orders)
          .set({ total: 20, code: `${theirs} by ${name}` })
          .where(eq(orders.code, theirs));
        expect(await totalOf(`${theirs} by ${name}`)).toEqual([{ total: 20 }]);
      }
      state.round += 1;
    }
  };
  const running = loop();
  running.catch(() => {
    state.stopped = true;
  });
  return {
    written,
    rounds: async (count) => {
      const wanted = state.round + count;
      await expect.poll(() => state.stopped || state.round >= wanted, { timeout: 30_000 }).toBe(true);
    },
    stop: async () => {
      state.stopped = true;
      await running.finally(() => client.end());
    },
  };
}

const OLD: Names = { table: 'orders', code: 'code', total: 'total' };

/** Deploys and undeploys a change under the traffic of both builds. */
async function deployUnderTraffic(project: DrizzleProject, db: Database, fresh: Names, { files }: Generated) {
  const named = (contract: boolean) =>
    files.filter((file) => file.contract === contract).map(({ migration }) => migration);
  const [expands, contracts] = [named(false), named(true)];
  const builds: { old?: Build; fresh?: Build } = {};
  let generation = 0;
  const start = (build: 'old' | 'fresh') => {
    generation += 1;
    const started = startBuild(db, `${build}${generation}`, build === 'old' ? OLD : fresh, () =>
      build === 'old' ? builds.fresh : builds.old,
    );
    builds[build] = started;
    return started;
  };
  const go = async () => {
    for (const build of Object.values(builds)) await build.rounds(5);
  };
  const stop = async (build: 'old' | 'fresh') => {
    await builds[build]?.stop();
    delete builds[build];
  };
  const migrateTo = async (to: string) => {
    await migrateDomain(project.domain, { root: project.root, target: parseTarget(db.url, 'test'), to });
    await go();
  };
  const rollback = async () => {
    await project.rollback(db.url, 1);
    await go();
  };
  start('old');
  for (const file of expands) await migrateTo(file);
  start('fresh');
  await go();
  await stop('old');
  for (const file of contracts) await migrateTo(file);
  for (const _ of contracts) await rollback();
  start('old');
  await go();
  for (const file of expands.toReversed()) {
    // Both names are whole up to the file before the last expand.
    if (file !== expands.at(-1)) await stop('fresh');
    await rollback();
  }
  await stop('old');
}

describe.each(testServers())('PostgreSQL $version', ({ url: server }) => {
  async function changed(fresh: Names, hints: readonly object[]) {
    const project = await createDrizzleProject(server);
    await project.declare(declared(OLD));
    await project.generate('initial');
    const db = await emptyDatabase(server);
    await project.migrate(db.url);
    await db.sql`INSERT INTO shop.customers VALUES (1)`;
    await db.sql`INSERT INTO shop.orders (code) SELECT 'before ' || n FROM generate_series(1, 5000) n`;
    const before = await readCatalog(db.sql, ['shop']);
    await project.declare(declared(fresh));
    const generated = await project.generate('rename', hints);
    await project.writePurposes();
    return { project, db, before, generated };
  }

  test.each([
    ['columns', 'orders', [false, false, false, true]],
    ['columns and their table', 'purchases', [false, false, false, true, true]],
  ])(
    'builds before and after the rename of %s write, upsert and read beside each other while it is applied and undone, and see the same rows',
    async (_title, name, contracts) => {
      const fresh = { table: name, code: 'label', total: 'sum' };
      const renamed = (from: string, to: string) => ({
        ...{ type: 'rename', kind: 'column' },
        ...{ from: ['shop', name, from], to: ['shop', name, to] },
      });
      const { project, db, before, generated } = await changed(fresh, [
        ...(name === 'orders' ? [] : [{ type: 'rename', kind: 'table', from: ['shop', 'orders'], to: ['shop', name] }]),
        renamed('code', 'label'),
        renamed('total', 'sum'),
      ]);
      await using _project = project;
      await using _db = db;
      await db.sql`GRANT SELECT (code), UPDATE (total) ON shop.orders TO pg_monitor`;
      expect(generated.warnings).toEqual([]);
      expect(generated.files.map(({ contract }) => contract)).toEqual(contracts);
      await deployUnderTraffic(project, db, fresh, generated);
      expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
      await project.migrate(db.url);
      const [may] =
        await db.sql`SELECT has_column_privilege('pg_monitor', ${`shop.${name}`}, 'label', 'SELECT') AS label,
      has_column_privilege('pg_monitor', ${`shop.${name}`}, 'sum', 'UPDATE') AS sum`;
      expect(may).toEqual({ label: true, sum: true });
      expect((await db.sql`SELECT FROM ${db.sql(`shop.${name}`)} WHERE label LIKE 'before %' AND sum = 7`).length).toBe(
        5000,
      );
    },
    240_000,
  );
  test('builds before and after the rename of a table write, upsert and read beside each other while it is applied and undone, with the privileges that they have', async () => {
    const fresh = { table: 'purchases', code: 'code', total: 'total' };
    const { project, db, before, generated } = await changed(fresh, [
      { type: 'rename', kind: 'table', from: ['shop', 'orders'], to: ['shop', 'purchases'] },
    ]);
    await using _project = project;
    await using _db = db;
    await db.sql.unsafe(
      'GRANT SELECT ON shop.orders TO pg_monitor WITH GRANT OPTION; GRANT INSERT ON shop.orders TO PUBLIC',
    );
    expect(generated.warnings).toEqual([]);
    expect(generated.files.map(({ contract }) => contract)).toEqual([false, true]);
    await deployUnderTraffic(project, db, fresh, generated);
    expect(compareCatalogs(before, await readCatalog(db.sql, ['shop']))).toEqual([]);
    await migrateDomain(project.domain, {
      root: project.root,
      target: parseTarget(db.url, 'test'),
      to: generated.migration ?? '',
    });
    const privileges = () =>
      db.sql`SELECT relname, relacl::text AS acl FROM pg_class WHERE relname IN ('orders', 'purchases') ORDER BY 1`;
    const [view, table] = await privileges();
    expect(view).toMatchObject({ relname: 'orders', acl: expect.stringMatching(/pg_monitor=r\*/) });
    expect(view?.['acl']).toBe(table?.['acl']);
    await project.migrate(db.url);
    await project.rollback(db.url, 1);
    expect((await privileges())[0]?.['acl']).toBe(view?.['acl']);
  }, 240_000);
});
