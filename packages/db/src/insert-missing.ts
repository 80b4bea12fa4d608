import { type ForeignKey, getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { columnNames, groupRows, quote, recordColumns } from './client/insert-many/recordset.ts';

export interface SeedInsertOptions {
  /** Leave out rows whose parent row is not there. Absent: they are an error. */
  readonly leaveOutOrphans?: boolean;
}

/** Inserts rows of a seed, over the connection that the engine gives: each statement has one JSON parameter, so that their number is
 *  not bounded by Postgres' 65,535. Rows that meet an existing key are left out; a column that a row leaves out takes its default.
 *  Applications use the client's own insertMany.
 *  @returns how many rows were inserted */
export async function insertMissing<Row extends object>(
  sql: Pick<Sql, 'unsafe'>,
  table: PgTable & { readonly $inferInsert: Row },
  rows: readonly NoInfer<Row>[],
  { leaveOutOrphans = false }: SeedInsertOptions = {},
): Promise<number> {
  const { foreignKeys } = getTableConfig(table);
  const target = qualified(table);
  let inserted = 0;
  for (const { keys, json } of groupRows(table, rows, Number.POSITIVE_INFINITY)) {
    const names = columnNames(table, keys);
    const conditions = leaveOutOrphans ? foreignKeys.flatMap((key) => parentIsThere(key, table, names) ?? []) : [];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')} `;
    const result = await sql.unsafe(
      `INSERT INTO ${target} (${names}) SELECT ${names} FROM json_to_recordset($1::text::json) AS r(${recordColumns(table, keys)}) ${where}ON CONFLICT DO NOTHING`,
      [json],
    );
    inserted += result.count;
  }
  return inserted;
}

/** A condition on `r` that keeps rows whose parent is there, or that name none. Undefined: the rows do not give the key, or its parents
 *  may come with them. */
function parentIsThere(key: ForeignKey, table: PgTable, names: string): string | undefined {
  const { columns, foreignColumns, foreignTable } = key.reference();
  if (foreignTable === table || columns.some(({ name }) => !names.includes(quote(name)))) return undefined;
  const pairs = columns.map(({ name }, i) => `p.${quote(foreignColumns[i]?.name ?? '')} = r.${quote(name)}`);
  const none = columns.map(({ name }) => `r.${quote(name)} IS NULL`);
  return `(${none.join(' OR ')} OR EXISTS (SELECT FROM ${qualified(foreignTable)} p WHERE ${pairs.join(' AND ')}))`;
}

function qualified(table: PgTable): string {
  const { schema, name } = getTableConfig(table);
  return `${schema === undefined ? '' : `${quote(schema)}.`}${quote(name)}`;
}
