import { DbError } from '../errors/db-error.ts';

/** Whole seconds from a flag, at least `min`.
 *  @throws {DbError} DB_USAGE */
export function parseSeconds(flag: string, text: string, min = 0): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= min) return Number(text);
  throw new DbError('DB_USAGE', { why: `${flag}: expected whole seconds from ${min}, got ${text}` });
}
