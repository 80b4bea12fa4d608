import { qualified } from '../backup/contents.ts';
import type { Session } from '../connect/session.ts';
import { type Checksum, checksumOf, sameSum } from './checksum.ts';
import { copyRange, type Ends } from './copy-range.ts';
import { rangeRows } from './copy-table.ts';
import { lastOf, type Place, type Range, WHOLE } from './key-range.ts';
import { movedOnText } from './progress.ts';
import type { SourceTable } from './source-table.ts';

/** A range that differs is halved down to about this many rows before it is copied again. */
const AGAIN_ROWS = 2_000;

/** What a table holds after `converge`, and how many rows were copied again for it. */
export interface Converged extends Checksum {
  readonly copiedAgain: number;
}

/** Makes the copy of a table equal to the table as it is now: ranges whose checksums differ are looked at closer and copied again. While
 *  the source is written to, it may be behind again afterwards; while it is not, what comes back is the proof. */
export async function converge(ends: Ends, domain: string, table: SourceTable): Promise<Converged> {
  const { from } = ends;
  const total = { rows: 0, sum: 0n, copiedAgain: 0 };
  const keyed = table.key.length > 0;
  const size = rangeRows(table);
  for (let lower: Place | null = null; ; ) {
    const last: { readonly place: Place } | null = keyed
      ? await lastOf(from.sql, sourceOf(ends, table), table.key, { lower, upper: null }, size)
      : null;
    // Behind the last row of the source there may be rows of the copy that the source has deleted.
    const range: Range = keyed ? { lower, upper: last?.place ?? null } : WHOLE;
    const found = await convergeRange(ends, domain, table, range, size);
    total.rows += found.rows;
    total.sum += BigInt(found.sum);
    total.copiedAgain += found.copiedAgain;
    if (last === null) return { ...total, sum: String(total.sum) };
    lower = last.place;
  }
}

async function convergeRange(
  ends: Ends,
  domain: string,
  table: SourceTable,
  range: Range,
  rows: number,
): Promise<Converged> {
  const there = await compare(ends, table, range);
  if (there.same) return { ...there.source, copiedAgain: 0 };
  const middle = table.key.length > 0 && rows > AGAIN_ROWS ? await middleOf(ends, table, range, rows) : null;
  if (middle !== null) {
    const low = await convergeRange(ends, domain, table, { lower: range.lower, upper: middle }, Math.ceil(rows / 2));
    const high = await convergeRange(ends, domain, table, { lower: middle, upper: range.upper }, Math.ceil(rows / 2));
    return {
      rows: low.rows + high.rows,
      sum: String(BigInt(low.sum) + BigInt(high.sum)),
      copiedAgain: low.copiedAgain + high.copiedAgain,
    };
  }
  const note = () => movedOnText(domain, table.name, null, 0);
  const copiedAgain = await copyRange(ends, table, range, { replace: true, note });
  return { ...(await compare(ends, table, range)).source, copiedAgain };
}

/** The place of the row in the middle; NULL where halving would not make it smaller. */
async function middleOf(ends: Ends, table: SourceTable, range: Range, rows: number): Promise<Place | null> {
  const half = await lastOf(ends.from.sql, sourceOf(ends, table), table.key, range, Math.ceil(rows / 2));
  if (half === null || half.rows < Math.ceil(rows / 2)) return null;
  return range.upper !== null && half.place.every((text, at) => text === range.upper?.[at]) ? null : half.place;
}

async function compare(
  ends: Ends,
  table: SourceTable,
  range: Range,
): Promise<{ readonly same: boolean; readonly source: Checksum }> {
  const [source, copy] = await Promise.all([
    checksumOf(ends.from.sql, sourceOf(ends, table), table, range),
    checksumOf(ends.to.sql, qualified(ends.toSchema, table.name), table, range),
  ]);
  return { same: sameSum(source, copy), source };
}

/** The sum of the whole copy, as it lies here. */
export async function checksumOfCopy(to: Session, schema: string, table: SourceTable): Promise<Checksum> {
  return await checksumOf(to.sql, qualified(schema, table.name), table, WHOLE);
}

function sourceOf({ fromSchema }: Ends, { name }: SourceTable): string {
  return qualified(fromSchema, name);
}
