import { isIP } from 'node:net';
import type { Target } from '../connect/target.ts';
import { DbError } from '../errors/db-error.ts';

/** Hosts that may be reset though they are not this machine, for example a service of Docker Compose: names joined by commas. */
export const RESET_HOSTS = 'DB_RESET_HOSTS';

/** Refuses a server that nobody has said to be one for development. Pure.
 *  @throws {DbError} DB_RESET */
export function requireDevelopmentHost({ url, socket, label }: Target, hosts: string | undefined): void {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const known = (hosts ?? '').split(',').map((name) => name.trim());
  if (socket !== null || isThisMachine(host) || known.includes(host)) return;
  throw new DbError('DB_RESET', {
    why: `${host} is not this machine`,
    at: label,
    fix: `is it a development server? Then set ${RESET_HOSTS}=${host}`,
    changed: 'nothing was changed',
  });
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

function isThisMachine(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
