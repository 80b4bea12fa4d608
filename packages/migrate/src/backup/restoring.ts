import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';

export const NOTHING_KEPT = 'nothing was kept: it was all one transaction';

/** Waits for a piece of a restore and names it where it fails. A lost connection stays one.
 *  @throws {DbError} DB_RESTORE */
export async function restoring<T>(at: string, piece: PromiseLike<T>): Promise<T> {
  try {
    return await piece;
  } catch (cause) {
    if (cause instanceof DbError || connectionCode(cause) !== undefined) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DbError('DB_RESTORE', { why, at, sqlState: sqlStateOf(cause), changed: NOTHING_KEPT }, { cause });
  }
}
