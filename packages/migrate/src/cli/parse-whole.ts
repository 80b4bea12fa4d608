import { DbError } from '../errors/db-error.ts';

/** A whole number from a flag, within bounds.
 *  @throws {DbError} DB_USAGE */
export function parseWhole(flag: string, text: string, [min, max]: readonly [number, number]): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new DbError('DB_USAGE', { why: `${flag}: expected a whole number from ${min} to ${max}, got ${text}` });
}
