import { DbError } from '../errors/db-error.ts';
import type { DomainConfig } from './config.ts';

const CLAIMS = ['name', 'schema', 'migrations'] as const;

/** Refuses domains that claim one name, one schema or one folder: each would undo or miss what the other has done.
 *  @throws {DbError} DB_CONFIG */
export function requireOneOwner(domains: readonly DomainConfig[]): void {
  for (const claim of CLAIMS) {
    const owners = Map.groupBy(domains, (domain) => domain[claim]);
    for (const [value, claimants] of owners) {
      if (claimants.length === 1) continue;
      const names = claimants.map(({ name }) => name).join(' and ');
      throw new DbError('DB_CONFIG', { why: `expected one domain for each ${claim}, got "${value}" in ${names}` });
    }
  }
}
