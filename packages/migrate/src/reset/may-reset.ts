import { isIP } from 'node:net';
import type { Target } from '../connect/target.ts';
import type { Environment } from '../connect/urls.ts';
import { DbError } from '../errors/db-error.ts';

/** Hosts that may be reset though they are not this machine, for example a service of Docker Compose: names joined by commas. */
export const RESET_HOSTS = 'DB_RESET_HOSTS';

/** Refuses a server that nobody has said to be one for development, wherever its address stands: in the URL, in its parameter `host`,
 *  or in PGHOST, which is read where the URL names none. Pure.
 *  @throws {DbError} DB_RESET */
export function requireDevelopmentHost(target: Target, environment: Environment): void {
  const known = (environment[RESET_HOSTS] ?? '').split(',').map((name) => name.trim());
  const stranger = hostsOf(target, environment).find((host) => !isThisMachine(host) && !known.includes(host));
  if (stranger === undefined) return;
  throw new DbError('DB_RESET', {
    why: `${stranger} is not this machine`,
    at: target.label,
    fix: `is it a development server? Then set ${RESET_HOSTS}=${stranger}`,
    changed: 'nothing was changed',
  });
}

/** Every host that the driver may connect to. */
function hostsOf({ url, socket }: Target, environment: Environment): readonly string[] {
  const said = socket ?? (new URL(url).hostname.replace(/^\[|\]$/g, '') || (environment['PGHOST'] ?? ''));
  return said.split(',').map((host) => host.trim());
}

/** Refuses where a person has not named the very database. Pure.
 *  @throws {DbError} DB_RESET */
export function requireNamed({ database, label }: Target, typed: string | undefined): void {
  if (typed === database) return;
  throw new DbError('DB_RESET', {
    why: typed === undefined ? 'nobody has named the database' : `expected the name ${database}, got ${typed}`,
    at: label,
    fix: `pass --confirm ${database}`,
    changed: 'nothing was changed',
  });
}

/** A folder of sockets is this machine's, but for those behind which a proxy leads to a server in the cloud. */
function isThisMachine(host: string): boolean {
  if (host.startsWith('/')) return !host.startsWith('/cloudsql/');
  if (host === 'localhost' || host === '::1' || host === '') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
