import type { Sql } from 'postgres';
import { quoteIdentifier, quoteLiteral } from '../../objects/quote.ts';

/** What the planner of some database knows of a table. */
export interface TableStatistics {
  /** Its estimate. */
  readonly rows: number;
  /** Columns with NULLs: name → their share, above 0 to 1. */
  readonly nulls: Readonly<Record<string, number>>;
}

/** Reads them for the tables of a schema, by quoted name; a table that was never analysed counts as empty. Read-only. */
export async function readStatistics(sql: Sql, schema: string): Promise<ReadonlyMap<string, TableStatistics>> {
  const rows = await sql<{ table: string; rows: number; nulls: Record<string, number> | null }[]>`
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table", greatest(c.reltuples, 0)::float8 AS rows,
      (SELECT json_object_agg(s.attname, s.null_frac) FROM pg_stats s
       WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.null_frac > 0) AS nulls
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${schema} AND c.relkind IN ('r', 'p')`;
  return new Map(rows.map(({ table, rows: count, nulls }) => [table, { rows: count, nulls: nulls ?? {} }]));
}

/** How many rows a table gets: the largest `most`, if it has so many, and the others in proportion; without statistics all `most`.
 *  A table with rows keeps at least one. Pure. */
export function rowsOf(
  statistics: ReadonlyMap<string, TableStatistics> | null,
  most: number,
): (table: string) => number {
  if (statistics === null) return () => most;
  const largest = Math.max(0, ...[...statistics.values()].map(({ rows }) => rows));
  const scale = largest > most ? most / largest : 1;
  return (table) => Math.ceil((statistics.get(table)?.rows ?? 0) * scale);
}

/** Empties columns to the share of NULLs that they have there; a column whose rules refuse it stays as it is. */
export async function setNulls(sql: Sql, statistics: ReadonlyMap<string, TableStatistics>): Promise<void> {
  for (const [table, { nulls }] of statistics) {
    for (const [name, share] of Object.entries(nulls)) {
      const column = quoteIdentifier(name);
      const chosen = `abs(hashtext(${quoteLiteral(name)} || ctid::text)::bigint) % 1000 < ${Math.round(share * 1000)}`;
      await sql.unsafe(`UPDATE ${table} SET ${column} = NULL WHERE ${chosen}`).catch(() => {});
    }
  }
}
