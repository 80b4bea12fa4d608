import { sqlStateOf } from '../errors/from-driver.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/** What a query gives, or NULL where it gave up behind somebody's lock (lock_timeout). */
export async function ifNotLocked<T>(query: Promise<T>): Promise<T | null> {
  return await query.catch((error: unknown) => {
    if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return null;
    throw error;
  });
}
