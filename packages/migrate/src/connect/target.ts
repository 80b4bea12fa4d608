import { DbError } from '../errors/db-error.ts';

/** Where a connection goes: the URL (a secret) and what may be shown of it. */
export interface Target {
  readonly url: string;
  /** `user@host:port/database`, never the password. */
  readonly label: string;
  readonly database: string;
  /** Empty where the URL names none. */
  readonly user: string;
  /** Seconds to wait for the server's first answer. Absent: 10. */
  readonly connectTimeoutSeconds?: number;
}

/** Parses a connection URL without ever showing it. `from` names where it was found, for the message.
 *  @throws {DbError} DB_URL_INVALID */
export function parseTarget(url: string, from: string): Target {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new DbError('DB_URL_INVALID', { why: `${from} is not a postgresql:// URL` });
  }
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (database === '') throw new DbError('DB_URL_INVALID', { why: `${from} names no database` });
  const user = decodeURIComponent(parsed.username);
  const host = parsed.searchParams.get('host') ?? parsed.host;
  return { url, database, user, label: `${user === '' ? '' : `${user}@`}${host}/${database}` };
}
