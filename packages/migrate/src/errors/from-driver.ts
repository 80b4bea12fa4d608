import postgres from 'postgres';
import type { Target } from '../connect/target.ts';
import type { ErrorCode } from './codes.ts';
import { DbError } from './db-error.ts';
import { grantFor } from './grant-for.ts';

const BY_SQLSTATE: Readonly<Record<string, ErrorCode>> = {
  '28P01': 'DB_AUTH',
  '28000': 'DB_AUTH',
  '3D000': 'DB_NO_DATABASE',
  '53300': 'DB_FULL',
  '57P03': 'DB_NOT_READY',
  '57P01': 'DB_CONNECTION_LOST',
  '57P02': 'DB_CONNECTION_LOST',
  '25006': 'DB_READ_ONLY',
  '53100': 'DB_DISK_FULL',
  '42501': 'DB_PRIVILEGE',
};

/** Codes of the driver's own. */
const BY_DRIVER_CODE: Readonly<Record<string, ErrorCode>> = {
  CONNECT_TIMEOUT: 'DB_UNREACHABLE',
  CONNECTION_CLOSED: 'DB_CONNECTION_LOST',
  CONNECTION_ENDED: 'DB_CONNECTION_LOST',
  CONNECTION_DESTROYED: 'DB_CONNECTION_LOST',
};

/** Node's codes of a network that fails. `ETIMEDOUT` and its like come from a first connect and from a connection that was cut alike. */
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'EPIPE',
]);

/** At start-up: a parameter that is no setting of the server. Callers ask only where `connectionCode` is defined, or while connecting. */
const UNDEFINED_OBJECT = '42704';

const TLS = /^(ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/;

/** SQLSTATE of a driver error, or undefined where the error did not come from the server. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined;
}

/** The code for a failure of the connection itself or of its role, or undefined where the statement is to blame. */
export function connectionCode(error: unknown): ErrorCode | undefined {
  if (error instanceof DbError) return lacksGrant(error) ? error.code : undefined;
  const state = sqlStateOf(error);
  if (state === '08P01' && error instanceof Error && error.message.includes('startup parameter')) return 'DB_POOLER';
  if (state !== undefined) return BY_SQLSTATE[state];
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return BY_DRIVER_CODE[code] ?? networkCode(error, code) ?? (TLS.test(code) ? 'DB_TLS' : undefined);
}

/** Nobody was reached only where the call that failed was the one that connects; whatever fails later was a connection. */
function networkCode(error: unknown, code: string): ErrorCode | undefined {
  const syscall = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  if (syscall === 'connect' || syscall === 'getaddrinfo') return 'DB_UNREACHABLE';
  if (!NETWORK.has(code)) return undefined;
  // A name with several addresses fails as one AggregateError, without a call of its own.
  return error instanceof AggregateError ? 'DB_UNREACHABLE' : 'DB_CONNECTION_LOST';
}

/** Turns a failure to connect, or of a connection, into a coded error that names the target and no secret. */
export function fromConnection(error: unknown, target: Target): DbError {
  if (error instanceof DbError) return lacksGrant(error) ? withGrant(error, target) : error;
  if (sqlStateOf(error) === UNDEFINED_OBJECT) {
    return new DbError(
      'DB_URL_INVALID',
      { why: `a parameter of the URL is refused: ${error instanceof Error ? error.message : ''}`, at: target.label },
      { cause: error },
    );
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = connectionCode(error);
  if (code === undefined) return new DbError('DB_BUG', { why: message }, { cause: error });
  const why = code === 'DB_UNREACHABLE' ? 'no answer' : message;
  const fix = code === 'DB_PRIVILEGE' ? { fix: grantFor(error, target.user) } : {};
  return new DbError(code, { why, at: target.label, sqlState: sqlStateOf(error), ...fix }, { cause: error });
}

/** An error of a statement, coded where nobody knew the role. */
function lacksGrant({ code, facts }: DbError): boolean {
  return code === 'DB_PRIVILEGE' && facts.fix === undefined;
}

function withGrant(error: DbError, { user }: Target): DbError {
  return new DbError(error.code, { ...error.facts, fix: grantFor(error.cause, user) }, { cause: error.cause });
}
