import type { Backfill, DomainConfig } from '../../src/config.ts';
import { backfillDomain, parseTarget } from '../../src/index.ts';
import { type Database, emptyDatabase } from './database.ts';
import { createProject, type Project } from './project.ts';

export const FIRST = '20260101000000_orders';
export const ORDERS = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total integer NOT NULL, cents integer, times integer NOT NULL DEFAULT 0, note text
  )`;

/** cents = total × 100; `times` counts how often a row was changed. A total above 21 million has no cents: it fails. */
export const cents: Backfill = {
  name: 'cents',
  rule: 'cents = total × 100; totals below 0 are unknown and stay NULL',
  table: 'shop.orders',
  key: { column: 'id', type: 'integer' },
  batch: `
    UPDATE shop.orders SET cents = total * 100, times = times + 1
    WHERE cents IS NULL AND total >= 0 AND ($1::integer IS NULL OR id > $1) AND id <= $2`,
  remaining: 'SELECT count(*) FROM shop.orders WHERE cents IS NULL AND total >= 0',
};

type Wishes = Partial<Parameters<typeof backfillDomain>[2]>;

/** A database with so many orders that have no cents yet. */
export interface Orders extends AsyncDisposable {
  readonly db: Database;
  readonly project: Project;
  /** Runs a variant of `cents`. */
  run(change?: Partial<Backfill>, wishes?: Wishes): ReturnType<typeof backfillDomain>;
}

export async function createOrders(server: string, rows: number): Promise<Orders> {
  await using opening = new AsyncDisposableStack();
  const db = opening.use(await emptyDatabase(server));
  const project = opening.use(await createProject({ [FIRST]: ORDERS }, [cents]));
  await project.migrate(db.url);
  await db.sql`INSERT INTO shop.orders (total) SELECT n FROM generate_series(1, ${rows}) n`;
  const variant = (change: Partial<Backfill>): DomainConfig => ({
    ...project.domain,
    load: async () => ({ ...(await project.domain.load()), backfills: [{ ...cents, ...change }] }),
  });
  const stack = opening.move();
  return {
    ...{ db, project },
    run: (change = {}, wishes = {}) =>
      backfillDomain(variant(change), 'cents', {
        target: parseTarget(db.url, 'test'),
        lock: { waitMs: 0, onWait: () => {} },
        ...wishes,
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** How many rows are right, still empty, and changed more than once. */
export async function countOrders({ sql }: Database): Promise<{ right: number; empty: number; twice: number }> {
  const [row] = await sql<{ right: number; empty: number; twice: number }[]>`
    SELECT count(*) FILTER (WHERE cents = total::bigint * 100)::int AS right, count(*) FILTER (WHERE cents IS NULL)::int AS empty,
      count(*) FILTER (WHERE times > 1)::int AS twice
    FROM shop.orders`;
  if (row === undefined) throw new Error('expected one row');
  return row;
}
