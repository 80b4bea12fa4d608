import type { Session } from '../connect/session.ts';
import type { Backfill } from './backfill.ts';

/** The number that a counting query of a backfill gives. */
export async function countBy({ sql }: Session, { parameters = [] }: Backfill, query: string): Promise<number> {
  // Objects go out as jsonb; the driver would send a string of JSON as a JSON string.
  const values = parameters.map((value) => (typeof value === 'object' && value !== null ? sql.json(value) : value));
  const [row] = await sql.unsafe(query, values);
  return Number(Object.values(row ?? {})[0] ?? 0);
}
