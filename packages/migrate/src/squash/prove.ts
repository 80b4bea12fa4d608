import type { Scratch } from '../author/scratch.ts';
import { type Catalog, compareCatalogs, readCatalog } from '../catalog/read-catalog.ts';
import { openSession } from '../connect/session.ts';
import { parseTarget } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';
import { columnOrder, rowDigests } from './rows.ts';

/** A scratch server, and its major version. */
export interface Ground {
  readonly scratch: Scratch;
  readonly version: number;
}

/** What some statements give in an empty database. */
export interface Outcome {
  readonly catalog: Catalog;
  /** `table column` → digest of its values. */
  readonly rows: ReadonlyMap<string, string>;
  /** `schema.table` → columns in their order. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
}

/** Runs statements in an empty database and looks at what is there.
 *  @throws {DbError} DB_GENERATE with the statement that the server refused */
export async function outcomeOf({ scratch }: Ground, statements: readonly string[], schema: string): Promise<Outcome> {
  await using database = await scratch.build(statements);
  await using session = await openSession(parseTarget(database.url, 'scratch'), { app: 'db squash', readOnly: true });
  return {
    catalog: await readCatalog(session.sql, [schema]),
    rows: await rowDigests(session.sql, schema),
    columns: await columnOrder(session.sql, schema),
  };
}

/** How two outcomes differ, in words; empty where they are equal. `unstable` are values that differ from run to run. */
export function differencesOf(old: Outcome, fresh: Outcome, unstable: ReadonlySet<string>): readonly string[] {
  const catalog = compareCatalogs(old.catalog, fresh.catalog).map(({ object, left, right }) =>
    left === null ? `${object} is new` : right === null ? `${object} is missing` : `${object} differs`,
  );
  const order = [...old.columns]
    .filter(([table, columns]) => fresh.columns.get(table)?.join() !== columns.join())
    .map(([table]) => `columns of ${table} are in another order`);
  const rows = changedRows(old, fresh).filter((name) => !unstable.has(name));
  return [...catalog, ...order, ...rows.map((name) => `rows differ in ${name}`)];
}

/** What has other values after another run of the same statements: clocks and random numbers. */
export function changedRows(a: Outcome, b: Outcome): readonly string[] {
  return [...new Set([...a.rows.keys(), ...b.rows.keys()])].filter((name) => a.rows.get(name) !== b.rows.get(name));
}

/** Whether statements can be run, and give the same. A refusal of the server is a difference. */
export async function proves(
  ground: Ground,
  statements: readonly string[],
  schema: string,
  old: Outcome,
  unstable: ReadonlySet<string>,
): Promise<readonly string[]> {
  try {
    // One transaction, as `migrate` runs it.
    return differencesOf(old, await outcomeOf(ground, [statements.join('\n;\n')], schema), unstable);
  } catch (error) {
    if (!(error instanceof DbError && error.code === 'DB_GENERATE')) throw error;
    return [error.facts.why];
  }
}
