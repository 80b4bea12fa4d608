import type { ColumnContents, Contents, TableContents } from './contents.ts';

/** What became of the rows of one moment at a later one; each entry names a table or `table.column` of the earlier one. */
export interface Fate {
  /** Tables that are gone, with the rows that they had. */
  readonly goneTables: readonly { readonly name: string; readonly rows: number }[];
  /** Columns that are gone while their table stayed. */
  readonly goneColumns: readonly string[];
  /** Tables with another number of rows. */
  readonly counts: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** Columns whose values are others, though their type is the same. */
  readonly changed: readonly string[];
}

/** Compares by identity: a table or column that was renamed is the same one. One that was made anew under its name is gone, unless the
 *  same values stand in it. Tables without rows say nothing and are left out. Pure. */
export function compareContents(before: Contents, after: Contents): Fate {
  const fate = { goneTables: [], goneColumns: [], counts: [], changed: [] } as {
    -readonly [K in keyof Fate]: Fate[K][number][];
  };
  const byName = new Map([...after.values()].map((table) => [table.name, table]));
  for (const [oid, table] of before) {
    if (table.rows === 0) continue;
    const { name, rows } = table;
    const same = after.get(oid);
    const now = same ?? byName.get(name);
    if (now === undefined || (same === undefined && now.rows === 0)) fate.goneTables.push({ name, rows });
    else if (now.rows !== rows) fate.counts.push({ name, before: rows, after: now.rows });
    else compareColumns(table, now, same !== undefined, fate);
  }
  return fate;
}

function compareColumns(
  before: TableContents,
  after: TableContents,
  sameTable: boolean,
  fate: { readonly goneColumns: string[]; readonly changed: string[] },
): void {
  const byName = new Map([...after.columns.values()].map((column) => [column.name, column]));
  for (const [number, column] of before.columns) {
    const same = sameTable ? after.columns.get(number) : undefined;
    const now = same ?? byName.get(column.name);
    const name = `${before.name}.${column.name}`;
    if (now === undefined) fate.goneColumns.push(name);
    else if (isOther(column, now, before.key === after.key))
      (same === undefined ? fate.goneColumns : fate.changed).push(name);
  }
}

/** Values of another type print otherwise; what they are worth shows when they have come back. */
function isOther(before: ColumnContents, now: ColumnContents, sameKey: boolean): boolean {
  return before.type === now.type && (sameKey ? before.byKey !== now.byKey : before.values !== now.values);
}
