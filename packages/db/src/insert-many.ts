import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Inserts all rows in one statement with one JSON parameter, so that their number is not bounded by Postgres' 65,535 parameters.
 *  Rows that meet an existing key are left out. Columns are those that the first row names; a column that later rows leave out
 *  is NULL there, not its default.
 *  @returns how many rows were inserted */
export async function insertMany<Row extends object>(
  sql: Pick<Sql, 'unsafe'>,
  table: PgTable & { readonly $inferInsert: Row },
  rows: readonly NoInfer<Row>[],
): Promise<number> {
  const first = rows[0];
  if (first === undefined) return 0;
  const { schema, name } = getTableConfig(table);
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => Object.hasOwn(first, key));
  const payload = rows.map((row) =>
    Object.fromEntries(
      columns.map(([key, column]) => [column.name, toJson(Reflect.get(row, key), column.getSQLType())]),
    ),
  );
  const names = columns.map(([, column]) => quote(column.name)).join(', ');
  const types = columns.map(([, column]) => `${quote(column.name)} ${recordType(column, schema)}`).join(', ');
  const target = `${schema === undefined ? '' : `${quote(schema)}.`}${quote(name)}`;
  const result = await sql.unsafe(
    `INSERT INTO ${target} (${names}) SELECT ${names} FROM json_to_recordset($1::text::json) AS r(${types}) ON CONFLICT DO NOTHING`,
    [JSON.stringify(payload)],
  );
  return result.count;
}

/** json_to_recordset knows no serials and does not look into the domain's schema for enums. */
function recordType(column: PgColumn, schema: string | undefined): string {
  const type = column.getSQLType();
  const serial = { smallserial: 'smallint', serial: 'integer', bigserial: 'bigint' }[type];
  if (serial !== undefined) return serial;
  const element = BUILT_IN.test(type) || schema === undefined ? type : `${quote(schema)}.${quote(type)}`;
  return element + '[]'.repeat(column.dimensions);
}

const BUILT_IN =
  /^(text|uuid|jsonb?|boolean|bytea|date|bigint|integer|smallint|real|double precision|(numeric|varchar|char|time|timestamp)\b.*)$/;

function toJson(value: unknown, type: string): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  return type === 'date' && value instanceof Date ? value.toISOString().slice(0, 10) : value;
}
