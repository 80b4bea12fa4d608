import { constantsIn } from './constants.ts';
import type { ColumnToFill, Fillable, TableToFill } from './tables.ts';
import { valuesOf } from './values.ts';

/** How the columns of a table may be filled. */
export interface Recipe {
  readonly columns: readonly Choice[];
  /** Columns that come from a parent, by the number of the foreign key. */
  readonly fromParent: ReadonlyMap<string, number>;
}

/** A column and the expressions that it may get; `DEFAULT` leaves it to the server. */
export interface Choice {
  readonly column: ColumnToFill;
  readonly values: readonly string[];
}

/** What each column may get, the best guess first. The grammar must be loaded. Pure. */
export function recipeOf(table: TableToFill, { types }: Fillable): Recipe {
  const fromParent = new Map<string, number>();
  for (const [number, { columns, parent }] of table.foreignKeys.entries())
    if (parent !== table.name && !columns.some((column) => fromParent.has(column)))
      for (const column of columns) fromParent.set(column, number);
  const columns = table.columns
    .filter(({ name }) => !fromParent.has(name))
    .map((column) => ({ column, values: guesses(column, table, types) }));
  return { columns, fromParent };
}

function guesses(column: ColumnToFill, table: TableToFill, types: Fillable['types']): readonly string[] {
  const { name, type, modifier, notNull, hasDefault } = column;
  const absent = [...(hasDefault ? ['DEFAULT'] : []), ...(notNull ? [] : [`NULL::${type}`])];
  const isParentOfItself = table.foreignKeys.some(
    ({ columns, parent }) => parent === table.name && columns.includes(name),
  );
  if (isParentOfItself && !notNull) return [`NULL::${type}`];
  const rules = table.rules.filter(({ columns }) => columns.includes(name)).map(({ text }) => text);
  const found = [...rules, ...(types.get(type)?.checks ?? [])].map(constantsIn);
  const constants = { texts: found.flatMap(({ texts }) => texts), numbers: found.flatMap(({ numbers }) => numbers) };
  const hint = name.replaceAll(/[^a-z0-9 ]/gi, ' ').trim();
  const { laterType } = column;
  // Most texts are no numbers, while most numbers can be texts.
  const later = laterType === undefined ? [] : valuesOf(laterType, -1, hint, types, constants);
  const values = valuesOf(type, modifier, hint, types, constants);
  return [...new Set([...later.map((value) => `(${value})::text::${type}`), ...values, ...absent])];
}

/** Which value each column gets; absent: the first. */
export type Picks = ReadonlyMap<string, number>;

/** The INSERT of rows number $1 to $2. Rows that another one stands in the way of are left out. Pure. */
export function insertOf(table: TableToFill, { columns, fromParent }: Recipe, picks: Picks): string {
  const chosen = columns
    .map(({ column, values }) => ({ name: column.name, value: values[picks.get(column.name) ?? 0] ?? 'DEFAULT' }))
    .filter(({ value }) => value !== 'DEFAULT');
  const parents = [...new Set(fromParent.values())];
  const keys = [...fromParent].map(([name, number]) => ({
    name,
    value: `p${number}.${parentColumn(table, name, number)}`,
  }));
  const all = [...chosen, ...keys];
  if (all.length === 0) return `INSERT INTO ${table.name} DEFAULT VALUES`;
  return [
    ...(parents.length === 0 ? [] : [`WITH ${parents.map((number) => parentRows(table, number)).join(', ')}`]),
    `INSERT INTO ${table.name} (${all.map(({ name }) => name).join(', ')})`,
    `SELECT ${all.map(({ value }) => value).join(', ')} FROM generate_series($1::int, $2::int) AS numbers(g)`,
    ...parents.map(
      (number) => `LEFT JOIN p${number} ON p${number}.number = g % greatest((SELECT count(*) FROM p${number}), 1)`,
    ),
    ...(table.takesConflicts ? ['ON CONFLICT DO NOTHING'] : []),
  ].join(' ');
}

/** At most so many keys of a parent are given out. */
const PARENTS = 10_000;

function parentRows(table: TableToFill, number: number): string {
  const { parent = '', parentColumns = [] } = table.foreignKeys[number] ?? {};
  const known = parentColumns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const list = parentColumns.join(', ');
  return `p${number} AS MATERIALIZED (SELECT row_number() OVER (ORDER BY ${list}) - 1 AS number, ${list} FROM (SELECT ${list} FROM ${parent} WHERE ${known} LIMIT ${PARENTS}) AS keys)`;
}

function parentColumn(table: TableToFill, name: string, number: number): string {
  const key = table.foreignKeys[number];
  return key?.parentColumns[key.columns.indexOf(name)] ?? name;
}
