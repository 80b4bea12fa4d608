import { type AnyRelations, getTableColumns, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import type { Transaction } from '../transaction.ts';
import type { TypedTable } from '../typed-table.ts';
import { columnNames, groupRows, quote, type RowGroup, recordColumns } from './recordset.ts';

/** What happens to a row whose key exists. `nothing`: it is left out. `update`: these columns of the existing row take the new
 *  row's values; a key must not be twice among the rows then. */
export type OnConflict<T extends TypedTable> =
  | 'nothing'
  | { readonly target: readonly ColumnKey<T>[]; readonly update: readonly ColumnKey<T>[] | 'nothing' };

type ColumnKey<T extends TypedTable> = Extract<keyof T['$inferInsert'], string>;

export interface InsertManyOptions<T extends TypedTable> {
  /** Unless said, a key that exists is a UniqueViolation. */
  readonly onConflict?: OnConflict<T>;
}

type Target = Database<AnyRelations> | Transaction<AnyRelations>;

/** Rows of one statement; more make several, in one transaction. */
const ROWS_MAX = 100_000;

/** Inserts any number of rows, each statement with one JSON parameter: all of them or none. A column that a row leaves out, or has
 *  undefined in, takes its default; null is null.
 *  @returns how many rows were inserted or updated, or, with `returning`, those rows: in the order given where none was left out
 *  @throws {DatabaseError}; {DbClientError} DB_CLIENT_UNKNOWN_COLUMN */
export async function insertMany<T extends TypedTable>(
  db: Pick<Target, 'insert' | 'transaction'>,
  table: T,
  rows: readonly NoInfer<T['$inferInsert']>[],
  options: InsertManyOptions<T> & { readonly returning: true },
): Promise<T['$inferSelect'][]>;
export async function insertMany<T extends TypedTable>(
  db: Pick<Target, 'insert' | 'transaction'>,
  table: T,
  rows: readonly NoInfer<T['$inferInsert']>[],
  options?: InsertManyOptions<T>,
): Promise<number>;
export async function insertMany<T extends TypedTable>(
  db: Pick<Target, 'insert' | 'transaction'>,
  table: T,
  rows: readonly NoInfer<T['$inferInsert']>[],
  options: InsertManyOptions<T> & { readonly returning?: true } = {},
): Promise<T['$inferSelect'][] | number> {
  const groups = groupRows(table, rows, ROWS_MAX);
  const write = async (target: Pick<Target, 'insert'>) => {
    const results: Written[] = [];
    for (const group of groups) results.push(await insertGroup(target, table, group, options));
    return results;
  };
  const results = await (groups.length > 1 ? db.transaction((tx) => write(tx)) : write(db));
  if (options.returning === true) return inOrder(groups, results) as T['$inferSelect'][];
  return results.reduce((sum, { count }) => sum + count, 0);
}

interface Written {
  readonly count: number;
  /** Empty unless they were asked for. */
  readonly rows: readonly unknown[];
}

/** drizzle's builder by the parts that are used here; its own types ask for a table that is known. */
interface InsertBuilder extends PromiseLike<{ readonly count: number }> {
  select(query: unknown): InsertBuilder;
  values(rows: readonly object[]): InsertBuilder;
  onConflictDoNothing(config?: { target: readonly PgColumn[] }): InsertBuilder;
  onConflictDoUpdate(config: { target: readonly PgColumn[]; set: Readonly<Record<string, unknown>> }): InsertBuilder;
  returning(): PromiseLike<readonly unknown[]>;
}

async function insertGroup<T extends TypedTable>(
  db: Pick<Target, 'insert'>,
  table: T,
  { keys, json, positions }: RowGroup,
  { onConflict, returning }: InsertManyOptions<T> & { readonly returning?: true },
): Promise<Written> {
  const builder = db.insert(table);
  // drizzle has no public way to name the columns of INSERT … SELECT
  if (keys.length > 0) Reflect.set(builder, 'columnList', keys);
  const names = sql.raw(columnNames(table, keys));
  const from = sql`select ${names} from json_to_recordset(${json}::text::json) as r(${sql.raw(recordColumns(table, keys))})`;
  const open = builder as unknown as InsertBuilder;
  // SELECT has no DEFAULT, so rows that give no column at all are VALUES (DEFAULT, …)
  const source = keys.length === 0 ? open.values(positions.map(() => ({}))) : open.select(from);
  const insert = resolveConflict(source, table, onConflict);
  if (returning !== true) return { count: (await insert).count, rows: [] };
  const rows = await insert.returning();
  return { count: rows.length, rows };
}

function resolveConflict<T extends TypedTable>(
  insert: InsertBuilder,
  table: T,
  onConflict: OnConflict<T> | undefined,
): InsertBuilder {
  if (onConflict === undefined) return insert;
  if (onConflict === 'nothing') return insert.onConflictDoNothing();
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  const target = onConflict.target.flatMap((key) => columns[key] ?? []);
  if (onConflict.update === 'nothing') return insert.onConflictDoNothing({ target });
  const excluded = (key: string) => sql.raw(`excluded.${quote(columns[key]?.name ?? key)}`);
  return insert.onConflictDoUpdate({
    target,
    set: Object.fromEntries(onConflict.update.map((key) => [key, excluded(key)])),
  });
}

/** Each statement returns its rows in its own order; where one left rows out nobody can tell which, and the order is the groups'. */
function inOrder(groups: readonly RowGroup[], results: readonly Written[]): unknown[] {
  const complete = groups.every(({ positions }, at) => positions.length === results[at]?.count);
  if (!complete) return results.flatMap(({ rows }) => rows);
  const ordered: unknown[] = [];
  for (const [at, { positions }] of groups.entries())
    for (const [index, position] of positions.entries()) ordered[position] = results[at]?.rows[index];
  return ordered;
}
