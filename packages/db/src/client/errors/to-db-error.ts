import { DatabaseError, type DatabaseErrorFields } from './database-error.ts';
import { type DriverError, findDriverError } from './driver-error.ts';
import { keyColumns } from './key-columns.ts';
import * as kind from './kinds.ts';

type Kind = new (message: string, fields: DatabaseErrorFields, cause?: unknown) => DatabaseError;

const BY_STATE: Readonly<Record<string, Kind>> = {
  '23505': kind.UniqueViolation,
  '23503': kind.ForeignKeyViolation,
  '23001': kind.ForeignKeyViolation,
  '23514': kind.CheckViolation,
  '23502': kind.NotNullViolation,
  '23P01': kind.ExclusionViolation,
  '42501': kind.PermissionDenied,
  '40001': kind.SerializationFailure,
  '40P01': kind.DeadlockDetected,
  '55P03': kind.LockNotAvailable,
  '57014': kind.QueryCanceled,
  '25006': kind.ReadOnly,
  '57P03': kind.ServerUnreachable,
  '53300': kind.TooManyConnections,
  '3D000': kind.DatabaseMissing,
  CONNECT_TIMEOUT: kind.ServerUnreachable,
  CONNECT_LOST: kind.ServerUnreachable,
  CONNECT_NO_PRIMARY: kind.ServerUnreachable,
  CONNECTION_ENDED: kind.QueryFailed,
};

const BY_PATTERN: readonly (readonly [RegExp, Kind])[] = [
  [/^22/, kind.InvalidValue],
  [/^42/, kind.InvalidStatement],
  [/^28/, kind.AuthenticationFailed],
  [/^(08|57P0|25P03|57P05|CONNECTION_|ECONN|EPIPE|ETIMEDOUT)/, kind.ConnectionLost],
  [/CERT|SIGNATURE|^ERR_(TLS|SSL)/, kind.TlsRefused],
];

const CONNECTING = /^(connect|getaddrinfo)$/;

/** The typed form of what a query or connection failed with, wherever in the chain of causes the driver's error is. An error that
 *  is typed already, or is not the database's, comes back as it is. */
export function toDbError(error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  if (error instanceof Error && error.cause instanceof DatabaseError) return error.cause;
  const driver = findDriverError(error);
  if (driver === undefined) return error;
  return new (kindOf(driver))(describe(driver), fieldsOf(driver), driver);
}

function kindOf({ code, routine, syscall }: DriverError): Kind {
  if (code === '0A000' && routine === 'RevalidateCachedQuery') return kind.CachedPlanChanged;
  if (Object.hasOwn(BY_STATE, code)) return BY_STATE[code] ?? kind.QueryFailed;
  // the same word, EHOSTUNREACH say, ends a connect and a connection on which a statement is already at work
  if (syscall !== undefined) return CONNECTING.test(syscall) ? kind.ServerUnreachable : kind.ConnectionLost;
  return BY_PATTERN.find(([pattern]) => pattern.test(code))?.[1] ?? kind.QueryFailed;
}

function fieldsOf(driver: DriverError): DatabaseErrorFields {
  const { code, schema_name: schema, table_name: table, constraint_name: constraint, column_name: column } = driver;
  return { sqlState: code, schema, table, constraint, columns: column === undefined ? keysOf(driver) : [column] };
}

function keysOf({ code, detail }: DriverError): readonly string[] {
  return /^(23505|23503|23001|23P01)$/.test(code) ? keyColumns(detail) : [];
}

/** The server's own words are kept where they can name objects only; a malformed value, a piece of SQL or a function's own
 *  complaint may quote what a row holds. */
function describe({ code, message, routine }: DriverError): string {
  if (/^22/.test(code)) return `a value does not fit its type (${code})`;
  if (code === '42601') return `syntax error in SQL (${code})`;
  if (/^P0/.test(code) || routine === 'exec_stmt_raise') return `refused by a function or trigger (${code})`;
  if (code === 'CONNECTION_ENDED') return 'this database client was closed';
  return message;
}
