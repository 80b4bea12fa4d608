import type { Session } from '../../connect/session.ts';
import { fillTables } from '../../rows/fill.ts';
import { rowsOf, setNulls, type TableStatistics } from './statistics.ts';

export interface FillCopyOptions {
  /** Rows of the largest table. */
  readonly rows: number;
  /** Of the tables to fill, by their quoted name. NULL: nothing is known of them, and each gets `rows`. */
  readonly statistics: ReadonlyMap<string, TableStatistics> | null;
  readonly talk: (line: string) => void;
}

/** Fills the tables of a copy with generated rows in the proportions of the source. @returns rows by table, empty ones left out */
export async function fillCopy(
  { sql }: Session,
  schemas: readonly string[],
  { rows: most, statistics, talk }: FillCopyOptions,
): Promise<Readonly<Record<string, number>>> {
  talk('  filling the copy with generated rows');
  const filled = await fillTables(sql, schemas, { rows: rowsOf(statistics, most) });
  for (const { table, why } of filled) if (why !== null) talk(`  note: ${table} stays empty: ${why}`);
  if (statistics !== null) await setNulls(sql, statistics);
  await sql.unsafe('ANALYZE');
  return Object.fromEntries(filled.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows]));
}
