import { DbError } from '../errors/db-error.ts';
import { connectionCode, sqlStateOf } from '../errors/from-driver.ts';
import { grantFor } from '../errors/grant-for.ts';
import { isMissingPackage } from './config-error.ts';

/** SQLSTATEs of "table, schema or column is not there": the command ran against a database that is not migrated. */
const NOT_THERE = new Set(['42P01', '3F000', '42703']);

/** Any failure of a command as a coded one. What no table entry explains is our bug, with its stack. */
export function asDbError(error: unknown): DbError {
  if (error instanceof DbError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const sqlState = sqlStateOf(error);
  const code = connectionCode(error);
  if (code !== undefined) {
    const fix = code === 'DB_PRIVILEGE' ? { fix: grantFor(error, '') } : {};
    return new DbError(code, { why, sqlState, ...fix }, { cause: error });
  }
  if (sqlState !== undefined && NOT_THERE.has(sqlState))
    return new DbError('DB_NOT_READY_SCHEMA', { why, sqlState }, { cause: error });
  if (isMissingPackage(error)) {
    return new DbError('DB_DEVELOPMENT_ONLY', { why: why.split('\n', 1)[0] ?? '' }, { cause: error });
  }
  if (isFileError(error)) return new DbError('DB_IO', { why }, { cause: error });
  if (isLocalServerError(error)) return new DbError('DB_SCRATCH', { why }, { cause: error });
  return new DbError('DB_BUG', { why: error instanceof Error ? (error.stack ?? why) : why }, { cause: error });
}

/** Node's file errors carry the path. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

/** Errors of @repo/local-postgres say what to do in their message. */
function isLocalServerError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('LP_');
}
