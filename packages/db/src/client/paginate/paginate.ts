import { type AnyRelations, and, asc, desc, getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { DbClientError } from '../../errors.ts';
import type { Database } from '../database.ts';
import { recordType } from '../insert-many/recordset.ts';
import type { Transaction } from '../transaction.ts';
import type { TypedTable } from '../typed-table.ts';
import { type Cursor, openCursor, signCursor } from './cursor.ts';

/** A column that the list is ordered by. */
export interface CursorKey<T extends TypedTable> {
  readonly key: Extract<keyof T['$inferSelect'], string>;
  readonly direction: 'asc' | 'desc';
}

export interface PaginateOptions<T extends TypedTable> {
  /** Which rows; a tenant's table names its tenant here. */
  readonly where: SQL | undefined;
  /** What the rows are ordered by: columns that are never null, the last one a unique tie-breaker. */
  readonly orderBy: readonly CursorKey<T>[];
  /** Rows of a page, 1 to 1,000. */
  readonly limit: number;
  /** next or previous of another page of the same list. The first page unless given. */
  readonly cursor?: string | undefined;
  /** Signs cursors; 16 characters or more. */
  readonly secret: string;
  /** Bound into the cursor besides table and order, for example the tenant's id: another's cursor is refused. */
  readonly scope?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** undefined: this is the last page. */
  readonly next: string | undefined;
  /** undefined: this is the first page. */
  readonly previous: string | undefined;
}

const KEYS = '$keys';

/** One page of a table by key set: however deep the page, only its rows are read where an index has the order, and rows that come or go meanwhile neither
 *  repeat nor hide others. Keys are compared at the database's own precision, microseconds too.
 *  @throws {DbClientError} DB_CLIENT_CURSOR_INVALID, DB_CLIENT_PAGE_INVALID */
export async function paginate<T extends TypedTable, R extends AnyRelations>(
  db: Pick<Database<R> | Transaction<R>, 'select'>,
  table: T,
  options: PaginateOptions<T>,
): Promise<Page<T['$inferSelect']>> {
  const keys = keysOf(table, options);
  const list = `${getTableName(table)} ${JSON.stringify(options.orderBy)} ${options.scope ?? ''}`;
  const cursor = options.cursor === undefined ? undefined : openCursor(options.cursor, list, options.secret);
  const back = cursor?.direction === 'previous';
  const found = await db
    .select({ ...getTableColumns(table), [KEYS]: keysAsText(keys) })
    .from(table as PgTable)
    .where(and(options.where, cursor && beyond(keys, cursor)))
    .orderBy(...keys.map(({ column, descending }) => (descending !== back ? desc(column) : asc(column))))
    .limit(options.limit + 1);
  const more = found.length > options.limit;
  const rows = found.slice(0, options.limit) as Record<string, unknown>[];
  if (back) rows.reverse();
  const sign = (direction: Cursor['direction'], row: Record<string, unknown> | undefined) =>
    row && signCursor({ direction, keys: row[KEYS] as string[] }, list, options.secret);
  const next = back || more ? sign('next', rows.at(-1)) : undefined;
  const previous = (back ? more : cursor !== undefined) ? sign('previous', rows[0]) : undefined;
  return { rows: rows.map(({ [KEYS]: _, ...row }) => row as T['$inferSelect']), next, previous };
}

interface Key {
  readonly column: PgColumn;
  readonly descending: boolean;
}

function keysOf<T extends TypedTable>(table: T, { orderBy, limit, secret }: PaginateOptions<T>): readonly Key[] {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  const keys = orderBy.flatMap(({ key, direction }) => {
    const column = columns[key];
    return column?.notNull ? [{ column, descending: direction === 'desc' }] : [];
  });
  if (keys.length === 0 || keys.length < orderBy.length)
    throw invalid('orderBy: expected columns that are never null, the last one unique');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1_000) throw invalid(`limit: expected 1 to 1,000, got ${limit}`);
  if (secret.length < 16) throw invalid('secret: expected 16 characters or more');
  return keys;
}

function invalid(why: string): DbClientError {
  return new DbClientError('DB_CLIENT_PAGE_INVALID', `paginate: ${why}`);
}

function keysAsText(keys: readonly Key[]): SQL<string[]> {
  const texts = keys.map(({ column }) => sql`${column}::text`);
  return sql<string[]>`json_build_array(${sql.join(texts, sql`, `)})`;
}

/** Rows after the cursor in its direction. One direction for all keys is a row comparison, which an index answers at once. */
function beyond(keys: readonly Key[], cursor: Cursor): SQL {
  const back = cursor.direction === 'previous';
  const parts = keys.map(({ column, descending }, at) => ({
    column,
    value: sql`${cursor.keys[at] ?? ''}::text::${sql.raw(recordType(column))}`,
    sign: sql.raw(descending !== back ? '<' : '>'),
  }));
  const [first] = keys;
  if (keys.every(({ descending }) => descending === first?.descending)) {
    const columns = sql.join(
      parts.map(({ column }) => sql`${column}`),
      sql`, `,
    );
    const values = sql.join(
      parts.map(({ value }) => value),
      sql`, `,
    );
    return sql`(${columns}) ${parts[0]?.sign} (${values})`;
  }
  const steps = parts.map(({ column, sign, value }, at) => {
    const equal = parts.slice(0, at).map((part) => sql`${part.column} = ${part.value}`);
    return sql`(${sql.join([...equal, sql`${column} ${sign} ${value}`], sql` AND `)})`;
  });
  return sql`(${sql.join(steps, sql` OR `)})`;
}
