import type { DomainConfig } from '../config/config.ts';
import { DbError } from '../errors/db-error.ts';
import type { Backfill } from './backfill.ts';

/** The backfill that a domain declares by this name. `at`: who names it.
 *  @throws {DbError} DB_BACKFILL_UNKNOWN */
export async function findBackfill(domain: DomainConfig, name: string, at?: string): Promise<Backfill> {
  const { backfills } = await domain.load();
  const found = backfills.find((backfill) => backfill.name === name);
  if (found !== undefined) return found;
  throw new DbError('DB_BACKFILL_UNKNOWN', {
    why: `no backfill "${name}" is declared`,
    ...(at === undefined ? {} : { at }),
  });
}
