import { DbClientError } from '../../errors.ts';
import type { TransactionScope } from '../transaction/scope.ts';
import type { Connection, Runner } from './runner.ts';

export interface QueryOptions {
  /** Aborting cancels the query on the server. */
  readonly signal?: AbortSignal;
  /** The columns that the rows must have, no more and no fewer; a query that gives others is refused. */
  readonly columns?: readonly string[];
}

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows returned or changed. */
  readonly rowCount: number;
}

export type RawQuery = <Row extends object = Record<string, unknown>>(
  text: string,
  params?: readonly unknown[],
  options?: QueryOptions,
) => Promise<QueryResult<Row>>;

/** drizzle's relational queries by table, which can also be called with raw SQL. */
export type WithRawQuery<Tables> = Tables & RawQuery;

/** The call is rawQuery's; the tables are drizzle's own. */
export function callableQuery<Tables extends object>(
  tables: Tables,
  runner: Runner,
  connection: Connection,
  scope?: TransactionScope,
): WithRawQuery<Tables> {
  const call: RawQuery = (text, params, options) => rawQuery(runner, connection, scope, text, params, options);
  // defined, not assigned: a table may be named as a property that functions have, such as `name`
  return Object.defineProperties(call, Object.getOwnPropertyDescriptors(tables)) as WithRawQuery<Tables>;
}

/** Runs one statement of raw SQL with $1, $2, … for values. Timestamps and numeric come as text, bigint as text.
 *  @throws {DatabaseError}; {DbClientError} DB_CLIENT_UNKNOWN_COLUMN */
export async function rawQuery<Row extends object>(
  runner: Runner,
  connection: Connection,
  scope: TransactionScope | undefined,
  text: string,
  params: readonly unknown[] = [],
  { signal, columns }: QueryOptions = {},
): Promise<QueryResult<Row>> {
  const rows = await runner.run(connection, scope, { text, params, signal });
  if (columns !== undefined) requireColumns(columns, rows.columns?.map(({ name }) => name) ?? []);
  return { rows: Array.from(rows) as Row[], rowCount: rows.count ?? rows.length };
}

function requireColumns(expected: readonly string[], got: readonly string[]): void {
  const [want, have] = [new Set(expected), new Set(got)];
  if (want.size === have.size && want.isSubsetOf(have)) return;
  throw new DbClientError(
    'DB_CLIENT_UNKNOWN_COLUMN',
    `expected the columns ${[...want].join(', ')}, got ${[...have].join(', ')}`,
  );
}
