import type { Session } from '../connect/session.ts';
import { sqlLiteral } from '../history/history-statement.ts';
import { quoteIdentifier } from '../objects/quote.ts';
import type { Backfill } from './backfill.ts';

/** The rows with `key > lower AND key <= upper`. */
export interface KeyRange {
  /** NULL: from the beginning. */
  readonly lower: string | null;
  readonly upper: string;
  /** About how many keys it has: other sessions insert and delete. */
  readonly keys: number;
}

interface Wanted {
  readonly lower: string | null;
  readonly keys: number;
  /** NULL: the end of the table. */
  readonly until: string | null;
}

/** The range of at most `keys` keys after `lower`, ending at `until` at the latest, or null where none are there. */
export async function findRange(
  { sql }: Session,
  { table, key }: Backfill,
  { lower, keys, until }: Wanted,
): Promise<KeyRange | null> {
  const column = quoteIdentifier(key.column);
  const bound = (sign: string, at: string | null) =>
    at === null ? '' : ` AND ${column} ${sign} ${sqlLiteral(at)}::${key.type}`;
  const [row] = await sql.unsafe<{ k: string }[]>(`
    SELECT k::text AS k FROM (
      SELECT ${column} AS k FROM ${table} WHERE true${bound('>', lower)}${bound('<=', until)} ORDER BY ${column} LIMIT ${keys}
    ) AS page ORDER BY page.k DESC LIMIT 1`);
  return row === undefined ? null : { lower, upper: row.k, keys };
}

/** The two halves of a range; the range itself where it is one row; nothing where its rows are gone. */
export async function halve(session: Session, backfill: Backfill, range: KeyRange): Promise<readonly KeyRange[]> {
  const { lower, upper } = range;
  for (let { keys } = range; ; ) {
    const half = Math.ceil(keys / 2);
    const first = await findRange(session, backfill, { lower, keys: half, until: upper });
    if (first === null) return [];
    if (first.upper !== upper) return [first, { lower: first.upper, upper, keys: Math.max(1, keys - half) }];
    if (half === 1) return [range];
    keys = half;
  }
}
