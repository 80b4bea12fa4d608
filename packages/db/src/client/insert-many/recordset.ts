import { getTableColumns, is } from 'drizzle-orm';
import { type PgColumn, PgEnumColumn, type PgTable } from 'drizzle-orm/pg-core';
import { DbClientError } from '../../errors.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows that give the same columns, to be inserted by one statement. */
export interface RowGroup {
  /** Keys of the columns that these rows give, in the table's order. */
  readonly keys: readonly string[];
  /** Where these rows stood in what was given. */
  readonly positions: readonly number[];
  /** The rows as one JSON array of objects by column name. */
  readonly json: string;
}

/** Groups rows by the columns they give, since a column that a row leaves out takes its default; at most `rowsMax` rows a group.
 *  Defaults that JavaScript makes are filled in.
 *  @throws {DbClientError} DB_CLIENT_UNKNOWN_COLUMN */
export function groupRows(table: PgTable, rows: readonly object[], rowsMax: number): readonly RowGroup[] {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  const open = new Map<string, { keys: readonly string[]; positions: number[]; values: Row[] }>();
  const groups: { keys: readonly string[]; positions: number[]; values: Row[] }[] = [];
  const fill = defaultsOf(columns);
  const allKeys = Object.keys(columns);
  for (const [position, given] of rows.entries()) {
    const row = fill(given as Row);
    const keys = allKeys.filter((key) => row[key] !== undefined);
    const signature = keys.join('\0');
    let group = open.get(signature);
    if (group === undefined || group.positions.length >= rowsMax) {
      group = { keys, positions: [], values: [] };
      open.set(signature, group);
      groups.push(group);
    }
    group.positions.push(position);
    group.values.push(row);
  }
  return groups.map(({ keys, positions, values }) => ({ keys, positions, json: toJson(columns, keys, values) }));
}

/** Fills in what JavaScript makes, as drizzle does; the row itself is left as it is. */
function defaultsOf(columns: Readonly<Record<string, PgColumn>>): (row: Row) => Row {
  const made = Object.entries(columns).filter(([, { defaultFn, onUpdateFn }]) => defaultFn ?? onUpdateFn);
  return (row) => {
    for (const key in row)
      if (!Object.hasOwn(columns, key))
        throw new DbClientError('DB_CLIENT_UNKNOWN_COLUMN', `the table has no column ${key}`);
    if (made.length === 0) return row;
    const filled: Record<string, unknown> = { ...row };
    for (const [key, { defaultFn, hasDefault, onUpdateFn }] of made)
      if (filled[key] === undefined) filled[key] = defaultFn?.() ?? (hasDefault ? undefined : onUpdateFn?.());
    return filled;
  };
}

function toJson(columns: Readonly<Record<string, PgColumn>>, keys: readonly string[], rows: readonly Row[]): string {
  const encoders = keys.flatMap((key) => {
    const column = columns[key];
    return column === undefined ? [] : [{ key, name: column.name, type: column.getSQLType() }];
  });
  const encoded = rows.map((row) => {
    const record: Record<string, unknown> = {};
    for (const { key, name, type } of encoders) record[name] = encode(row[key], type);
    return record;
  });
  return JSON.stringify(encoded);
}

/** As JSON that json_to_recordset reads back exactly: what JSON has no number for goes as text. jsonb is nested as it is. */
function encode(value: unknown, type: string): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !/^json/.test(type) && !(Number.isFinite(value) && !Object.is(value, -0)))
    return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date && type === 'date') return value.toISOString().slice(0, 10);
  if (Array.isArray(value) && !/^json/.test(type)) return value.map((item) => encode(item, type));
  return value;
}

/** `"name" type, …` for json_to_recordset's list of columns, which knows no serials. */
export function recordColumns(table: PgTable, keys: readonly string[]): string {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  return keys
    .flatMap((key) => columns[key] ?? [])
    .map((column) => `${quote(column.name)} ${recordType(column)}`)
    .join(', ');
}

/** The column's type as a cast takes it. */
export function recordType(column: PgColumn): string {
  const type = column.getSQLType();
  const serial = { smallserial: 'smallint', serial: 'integer', bigserial: 'bigint' }[type];
  return (serial ?? enumType(column) ?? type) + '[]'.repeat(column.dimensions);
}

/** An enum is looked for in its own schema. */
function enumType(column: PgColumn): string | undefined {
  if (!is(column, PgEnumColumn)) return undefined;
  const { enumName, schema } = column.enum;
  return schema === undefined ? quote(enumName) : `${quote(schema)}.${quote(enumName)}`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"a", "b"`: the names of columns, for a list of what is inserted. */
export function columnNames(table: PgTable, keys: readonly string[]): string {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table);
  return keys
    .flatMap((key) => columns[key] ?? [])
    .map(({ name }) => quote(name))
    .join(', ');
}
