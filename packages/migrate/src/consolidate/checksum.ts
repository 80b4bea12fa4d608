import type { Sql } from 'postgres';
import { quoteIdentifier } from '../objects/quote.ts';
import { inRange, type Range } from './key-range.ts';
import type { SourceTable } from './source-table.ts';

/** What some rows hold, whatever their order: equal sums mean equal rows, each as often. */
export interface Checksum {
  readonly rows: number;
  readonly sum: string;
}

/** Takes the checksum of a range's rows. Both servers print values the same where `EXACT_VALUES` is set. */
export async function checksumOf(sql: Sql, place: string, table: SourceTable, range: Range): Promise<Checksum> {
  const columns = copiedColumns(table).map(quoteIdentifier).join(', ');
  const [found] = await sql.unsafe<{ rows: string; sum: string }[]>(`
    SELECT count(*)::text AS rows, coalesce(sum(('x' || left(md5(ROW(${columns})::text), 15))::bit(60)::bigint), 0)::text AS sum
    FROM ${place} WHERE ${inRange(table.key, range)}`);
  return { rows: Number(found?.rows ?? 0), sum: found?.sum ?? '0' };
}

/** The columns whose values are copied. */
export function copiedColumns({ columns }: SourceTable): readonly string[] {
  return columns.filter(({ generated }) => !generated).map(({ name }) => name);
}

export function sameSum(a: Checksum, b: Checksum): boolean {
  return a.rows === b.rows && a.sum === b.sum;
}
