import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { columnNames, groupRows, quote, recordColumns } from './client/insert-many/recordset.ts';

/** Inserts rows of a seed, over the connection that the engine gives: each statement has one JSON parameter, so that their number is
 *  not bounded by Postgres' 65,535. Rows that meet an existing key are left out; a column that a row leaves out takes its default.
 *  Applications use the client's own insertMany.
 *  @returns how many rows were inserted */
export async function insertMany<Row extends object>(
  sql: Pick<Sql, 'unsafe'>,
  table: PgTable & { readonly $inferInsert: Row },
  rows: readonly NoInfer<Row>[],
): Promise<number> {
  const { schema, name } = getTableConfig(table);
  const target = `${schema === undefined ? '' : `${quote(schema)}.`}${quote(name)}`;
  let inserted = 0;
  for (const { keys, json } of groupRows(table, rows, Number.POSITIVE_INFINITY)) {
    const names = columnNames(table, keys);
    const result = await sql.unsafe(
      `INSERT INTO ${target} (${names}) SELECT ${names} FROM json_to_recordset($1::text::json) AS r(${recordColumns(table, keys)}) ON CONFLICT DO NOTHING`,
      [json],
    );
    inserted += result.count;
  }
  return inserted;
}
