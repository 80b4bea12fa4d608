import { qualified } from '../backup/contents.ts';
import type { Session } from '../connect/session.ts';
import { type Checksum, checksumOf, sameSum } from './checksum.ts';
import { copyRange, type Ends } from './copy-range.ts';
import { cutsOf } from './cuts.ts';
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
  const total = { rows: 0, sum: 0n, copiedAgain: 0 };
  const cuts = await cutsOf(ends.from.sql, sourceOf(ends, table), table, null);
  for (const [at, upper] of [...cuts, null].entries()) {
    // The last one is open: behind the last row of the source there may be rows of the copy that the source has deleted.
    const range = table.key.length > 0 ? { lower: cuts[at - 1] ?? null, upper } : WHOLE;
    const found = await convergeRange(ends, domain, table, range);
    total.rows += found.rows;
    total.sum += BigInt(found.sum);
    total.copiedAgain += found.copiedAgain;
  }
  return { ...total, sum: String(total.sum) };
}

async function convergeRange(ends: Ends, domain: string, table: SourceTable, range: Range): Promise<Converged> {
  const { same, source } = await compare(ends, table, range);
  if (same) return { ...source, copiedAgain: 0 };
  const divisible = table.key.length > 0 && source.rows > AGAIN_ROWS;
  const middle = divisible ? await middleOf(ends, table, range, source.rows) : null;
  if (middle !== null) {
    const low = await convergeRange(ends, domain, table, { lower: range.lower, upper: middle });
    const high = await convergeRange(ends, domain, table, { lower: middle, upper: range.upper });
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
