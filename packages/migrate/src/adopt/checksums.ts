import type { Sql } from 'postgres';
import { countOf } from '../errors/count-of.ts';
import { at, q } from './names.ts';
import type { AdoptedTable } from './plan.ts';

/** Rows of a table, and a sum over the values of each column that does not depend on the order of rows. */
export interface TableSum {
  readonly table: string;
  readonly rows: string;
  /** Column → sum of 64-bit hashes of its values' texts. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Sums the tables as they lie before an adoption, or, by the same columns and the values as they were, as they lie after it. */
export async function sumTables(
  sql: Sql,
  tables: readonly AdoptedTable[],
  place: (table: AdoptedTable) => { readonly schema: string; readonly name: string },
  asBefore: boolean,
): Promise<readonly TableSum[]> {
  const sums: TableSum[] = [];
  for (const table of tables) {
    const { schema, name } = place(table);
    const columns = Object.keys(table.columns);
    const each = columns.map((column) => {
      const was = table.asBefore[column];
      const stored = (asBefore ? was : undefined) ?? q(column);
      // Spaces and the order of keys are no part of what jsonb keeps.
      const value = was !== undefined && table.columns[column] === 'json' ? `(${stored})::jsonb` : stored;
      return `sum(hashtextextended(coalesce('v' || (${value})::text, 'n'), 0)::numeric)::text`;
    });
    const [row = []] = await sql
      .unsafe(`SELECT ${['count(*)::text', ...each].join(', ')} FROM ${at(schema, name)} AS t`)
      .values();
    sums.push({
      table: table.name,
      rows: String(row[0]),
      columns: Object.fromEntries(columns.map((column, index) => [column, String(row[index + 1])])),
    });
  }
  return sums;
}

/** How tables differ that were summed twice. Pure. */
export function differencesOf(before: readonly TableSum[], after: readonly TableSum[]): readonly string[] {
  return before.flatMap((was) => {
    const is = after.find(({ table }) => table === was.table);
    if (is === undefined) return [`${was.table} is gone`];
    if (is.rows !== was.rows) return [`${was.table}: ${countOf(Number(was.rows), 'row')} before, ${is.rows} after`];
    const columns = Object.keys(was.columns).filter((column) => is.columns[column] !== was.columns[column]);
    return columns.map((column) => `${was.table}.${column}: other values than before`);
  });
}
