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

/** Compares by identity: a table or column that was renamed is the same one. One that was made anew under its name, or the one that
 *  `renamed` has for it (`schema.table.column`), is gone, unless the same values stand in it. Tables without rows say nothing and are left
 *  out. Pure. */
export function compareContents(before: Contents, after: Contents, renamed: Renamed = []): Fate {
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
    else compareColumns(table, now, { sameTable: same !== undefined, renamed }, fate);
  }
  return fate;
}

function compareColumns(
  before: TableContents,
  after: TableContents,
  { sameTable, renamed }: { readonly sameTable: boolean; readonly renamed: Renamed },
  fate: { readonly goneColumns: string[]; readonly changed: string[] },
): void {
  const byName = new Map([...after.columns.values()].map((column) => [column.name, column]));
  for (const [number, column] of before.columns) {
    const same = sameTable ? after.columns.get(number) : undefined;
    const name = `${before.name}.${column.name}`;
    const fresh = renamed.find(([from]) => plain(from) === plain(name))?.[1];
    const now = same ?? byName.get(column.name) ?? columnNamed(after, fresh);
    if (now === undefined) fate.goneColumns.push(name);
    else if (isOther(column, now, before.key === after.key))
      (same === undefined ? fate.goneColumns : fate.changed).push(name);
  }
}

/** Old name → new name, with their table. */
export type Renamed = readonly (readonly [string, string])[];

function columnNamed({ name, columns }: TableContents, wanted: string | undefined): ColumnContents | undefined {
  if (wanted === undefined) return undefined;
  return [...columns.values()].find((column) => plain(`${name}.${column.name}`) === plain(wanted));
}

/** Without the quotes of a name that needs none. */
export function plain(name: string): string {
  return name.replaceAll(/"([a-z_][a-z0-9_]*)"/g, '$1');
}

/** Values of another type print otherwise; what they are worth shows when they have come back. */
function isOther(before: ColumnContents, now: ColumnContents, sameKey: boolean): boolean {
  return before.type === now.type && (sameKey ? before.byKey !== now.byKey : before.values !== now.values);
}
