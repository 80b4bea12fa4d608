import type { Sql } from 'postgres';
import { sqlLiteral } from '../history/history-statement.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import { inRange, orderOf, type Place } from './key-range.ts';
import type { SourceTable } from './source-table.ts';

/** One range is one transaction and about this many bytes: long enough to be fast, short enough to lose little. */
const RANGE_BYTES = 64 * 1024 * 1024;
const RANGE_ROWS = { min: 10_000, max: 500_000 };

/** Pages that are looked at for each range. */
const SAMPLE_PAGES = 64;

/** Into how many ranges a table is cut. Where its rows are not known, by its size alone. Pure. */
export function rangesOf({ rows, bytes }: Pick<SourceTable, 'rows' | 'bytes'>): number {
  const bySize = bytes / RANGE_BYTES;
  const byRows = rows === 0 ? bySize : Math.min(rows / RANGE_ROWS.min, Math.max(rows / RANGE_ROWS.max, bySize));
  return Math.max(1, Math.ceil(byRows));
}

/** The places of a table's key, in order, that cut what lies beyond `lower` into ranges of about equal size; none for one range, or where
 *  there is no key. From a sample of its pages: to walk a key whose order is not that of the rows takes as long as to copy them. */
export async function cutsOf(
  sql: Sql,
  place: string,
  table: SourceTable,
  lower: Place | null,
): Promise<readonly Place[]> {
  const [{ key }, parts] = [table, rangesOf(table)];
  if (key.length === 0 || parts === 1) return [];
  const names = key.map(({ name }) => quoteIdentifier(name)).join(', ');
  const texts = key.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
  const pages = `greatest(1, pg_relation_size(${sqlLiteral(place)}) / current_setting('block_size')::int)`;
  const found = await sql.unsafe<{ place: Place }[]>(`
    WITH sample AS (SELECT ${names} FROM ${place} TABLESAMPLE SYSTEM (least(100, ${100 * SAMPLE_PAGES * parts}.0 / ${pages}))),
      numbered AS (SELECT ${names}, row_number() OVER (ORDER BY ${orderOf(key)}) AS n, count(*) OVER () AS total FROM sample)
    SELECT json_build_array(${texts}) AS place FROM numbered
    WHERE n * ${parts} / total > (n - 1) * ${parts} / total AND n < total AND ${inRange(key, { lower, upper: null })} ORDER BY n`);
  return found.map((one) => one.place);
}
