import { DbError } from '../errors/db-error.ts';
import { parseTarget, type Target } from './target.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names looked at for a domain's direct connection, first one set wins. */
export function urlNames(domain: string): readonly string[] {
  const prefix = domain.toUpperCase().replaceAll('-', '_');
  return [`${prefix}_DIRECT_URL`, `${prefix}_DATABASE_URL`, 'DIRECT_URL', 'DATABASE_URL'];
}

/** The direct connection of a domain. There is no default host: a missing URL is an error.
 *  @throws {DbError} DB_URL_MISSING, DB_URL_INVALID */
export function resolveTarget(domain: string, environment: Environment, flag: string | undefined): Target {
  if (flag !== undefined) return parseTarget(flag, '--url');
  const names = urlNames(domain);
  for (const name of names) {
    const url = environment[name];
    if (url !== undefined && url !== '') return parseTarget(url, name);
  }
  throw new DbError('DB_URL_MISSING', {
    why: `none of ${names.join(', ')} is set, neither in the environment nor in .env`,
    domain,
  });
}
