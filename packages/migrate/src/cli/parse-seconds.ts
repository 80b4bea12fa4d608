import { DbError } from '../errors/db-error.ts';

/** Whole seconds from a flag.
 *  @throws {DbError} DB_USAGE */
export function parseSeconds(flag: string, text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new DbError('DB_USAGE', { why: `${flag}: expected whole seconds, got ${text}` });
  return Number(text);
}
